using System.Diagnostics;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// The ledger's lanes without HTTP, in a process and on a database of their own: what the domain and its durable commit can do. No
/// relay runs, as nobody listens.
/// </summary>
internal sealed record InProcessPostings(Site Site, LoadGenerator Poster, TestDatabase Database, bool Rules)
    : Contender(Rules ? "in-process-rules" : "in-process", Rules ? "in-process, three offers on" : "in-process postings"), IAsyncDisposable
{
    private const int PoolSize = 50;

    /// <summary>Postings that wait for their commit at once.</summary>
    public override IReadOnlyList<int> Widths => [2000, 1000, 4000];

    public override string Book => Key;

    /// <param name="rules">Whether a programme and three offers rate purchases, rather than the agreement alone.</param>
    public static async Task<InProcessPostings> Start(Site site, bool rules = false)
    {
        var place = await site.Postgres.CreateDatabase(rules ? "in_process_with_rules" : "in_process");
        await ServiceProcess.Migrate("PointsLedger", new Dictionary<string, string>(site.ServiceSettings(), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = place.Service, ["ConnectionStrings__Owner"] = place.Owner, ["Broker__Uri"] = "amqp://nobody:listens-to-this-one@127.0.0.1/",
        });
        await LedgerSeed.Fill(place.Administrator, site.Options.Accounts);
        if (rules) await RuleSeed.Fill(place.Administrator);
        var connection = new NpgsqlConnectionStringBuilder(place.Service) { MaxPoolSize = PoolSize }.ConnectionString;
        return new InProcessPostings(site, LoadGenerator.Start("post-in-process", ("ConnectionStrings__Database", connection)), place, rules);
    }

    public override async Task<Measurement> Measure(double seconds, int width)
    {
        var before = Site.Processors.Now(service: null);
        var result = await Poster.Run(new LoadPlan(Key, Request.Postings, 0, "", Site.Options.Accounts, width, seconds, Offers: Rules));
        var used = Site.Processors.Now(service: null) - before;
        return new Measurement(
            result.Rate, result.P50, result.P99, result.Accepted, result.Refused, result.Failed,
            0, result.CpuCores, used.Postgres / result.Seconds, used.Machine / result.Seconds, result.Seconds, result.Fault);
    }

    public override Task<long> Stored() => Ledger.PostingsOf(Database.Administrator);

    public ValueTask DisposeAsync() => Poster.DisposeAsync();

    /// <summary>The process: reads plans as the load generator does, and posts.</summary>
    public static async Task<int> Serve()
    {
        var builder = Host.CreateApplicationBuilder();
        // What this process writes on its standard output are results.
        builder.Logging.ClearProviders();
        builder.Services.AddEventStore(builder.Configuration, store => store.KeepAccounts());
        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(LaneOptions.From(builder.Configuration))
            .AddSingleton<PostingLanes>()
            .AddHostedService(services => services.GetRequiredService<PostingLanes>())
            .AddSingleton<TransactionRows>()
            .AddSingleton<CardIndex>()
            .AddSingleton<MemberIndex>()
            .AddSingleton<RuleBook>()
            .AddSingleton<TillBook>()
            .AddSingleton<LedgerTime>()
            .AddSingleton(LedgerPolicies.Times(builder.Configuration));
        using var host = builder.Build();
        await host.StartAsync();
        var lanes = host.Services.GetRequiredService<PostingLanes>();
        var cards = host.Services.GetRequiredService<CardIndex>();
        var warm = false;
        var exit = await Generator.Serve(async (plan, tills) =>
        {
            if (!warm) await Warm(plan.Accounts, cards, lanes);
            warm = true;
            return await Run(plan, tills, lanes);
        });
        await host.StopAsync();
        return exit;
    }

    // As in a service that ran for a while, every card and every account has been seen before.
    private static Task Warm(int accounts, CardIndex cards, PostingLanes lanes) => Parallel.ForEachAsync(
        Enumerable.Range(0, accounts), new ParallelOptions { MaxDegreeOfParallelism = PoolSize }, async (number, ct) =>
        {
            if (await cards.Find(Population.Card(number)) is { } card) await lanes.Look(card.Account, ct);
        });

    private static async Task<LoadResult> Run(LoadPlan plan, Tills tills, PostingLanes lanes)
    {
        var tally = new Tally(plan.Seconds, plan.Timeline);
        var until = Stopwatch.GetTimestamp() + (long)(plan.Seconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, plan.Connections).Select(_ => Task.Run(() => Post(tills, lanes, tally, until))));
        return tally.Result();
    }

    private static async Task Post(Tills tills, PostingLanes lanes, Tally tally, long until)
    {
        var origin = new Origin("partner:GROCERY/till-1", TraceParent: null);
        var partner = new PartnerId(LedgerSeed.Partner);
        while (Stopwatch.GetTimestamp() < until)
        {
            var posting = tills.Next(hotShare: 0);
            var sentAt = Stopwatch.GetTimestamp();
            try
            {
                tally.Answered(await Status(posting, partner, origin, lanes), sentAt);
            }
            catch (Exception e) when (e is NpgsqlException or LaneFullException)
            {
                tally.Answered(0, sentAt);
                tally.Fault = e.Message;
            }
        }
    }

    private static async Task<int> Status(TillPosting posting, PartnerId partner, Origin origin, PostingLanes lanes)
    {
        var store = Population.Store((int)(posting.Number % Population.Stores));
        var id = TransactionId.From(FormattableString.Invariant($"{store}-{posting.Number:D9}"));
        var card = Population.Card(posting.Account);
        var now = DateTimeOffset.UtcNow;
        return posting.Cents > 0
            ? StatusOf(await lanes.Post(new RecordPurchase(partner, id, card, store, ExactNumber.From(posting.Cents / 100m), "EUR", now), origin, CancellationToken.None))
            : StatusOf(await lanes.Post(new RedeemPoints(partner, id, card, store, ExactNumber.From(posting.Points), now), origin, CancellationToken.None));
    }

    private static int StatusOf<TAnswer>(Outcome<TAnswer> outcome) => outcome is Outcome<TAnswer>.Accepted ? 201 : 422;
}
