using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>The lanes alone, in this process and without HTTP, on a database of their own that nobody else reads.</summary>
internal sealed record InProcessPostings(Site Site, TestDatabase Database, PostingLanes Lanes, NpgsqlDataSource Source) : Contender("in-process", "in-process postings"), IAsyncDisposable
{
    private const int Seed = 7105;

    private readonly Tills tills = new(Site.Options.Accounts, Seed);
    private readonly Origin origin = Origin.Of("partner:GROCERY/till-1");

    public override IReadOnlyList<int> Widths => [2_000, 1_000, 4_000];

    public override string? Book => "in-process";

    public static async Task<InProcessPostings> Start(Site site)
    {
        var place = await site.Postgres.CreateDatabase("points_ledger");
        await ServiceProcess.Migrate("PointsLedger", new Dictionary<string, string>(site.ServiceSettings(), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = place.Service,
            ["ConnectionStrings__Owner"] = place.Owner,
            ["Broker__Uri"] = $"amqp://nobody:{RandomNumberGenerator.GetHexString(32)}@127.0.0.1:1/",
        });
        await LedgerSeed.Fill(place.Administrator, site.Options.Accounts);
        var source = EventStoreSetup.Connect(place.Service);
        var options = new EventStoreOptions().Snapshot<Account>();
        options.Types.MapAccountFacts();
        var store = new DocumentStore(source, options, TimeProvider.System, new LogSignal());
        var lanes = new PostingLanes(
            store, new TransactionRows(store), new TillBook(store, new CardIndex(store), TimeProvider.System), new LedgerTime(TimePolicy.Default, TimeProvider.System),
            LaneOptions.From(new Microsoft.Extensions.Configuration.ConfigurationManager()), NullLogger<PostingLanes>.Instance);
        return new InProcessPostings(site, place, lanes, source);
    }

    public override async Task<Measurement> Measure(double seconds, int width)
    {
        var tally = new Tally(seconds, keepTimeline: false);
        var (before, own, clock) = (Site.Processors.Now(Environment.ProcessId), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        await Task.WhenAll(Enumerable.Range(0, width).Select(_ => Task.Run(() => Till(until, tally))));
        clock.Stop();
        var used = Site.Processors.Now(Environment.ProcessId) - before;
        var result = tally.Result();
        return new Measurement(
            result.Accepted / clock.Elapsed.TotalSeconds, result.P50, result.P99, result.Accepted, result.Refused, result.Failed, 0,
            (Environment.CpuUsage.TotalTime - own).TotalSeconds / clock.Elapsed.TotalSeconds, used.Postgres / clock.Elapsed.TotalSeconds,
            used.Machine / clock.Elapsed.TotalSeconds);
    }

    public override Task<long> Stored() => Ledger.PostingsOf(Database.Administrator);

    public async ValueTask DisposeAsync()
    {
        await Lanes.StopAsync(CancellationToken.None);
        await Source.DisposeAsync();
    }

    private async Task Till(long until, Tally tally)
    {
        while (Stopwatch.GetTimestamp() < until)
        {
            var start = Stopwatch.GetTimestamp();
            var accepted = await Post(tills.Next(hotShare: 0));
            tally.Answered(accepted ? 201 : 422, start);
        }
    }

    private async Task<bool> Post(TillPosting posting)
    {
        var (partner, id) = (new PartnerId(LedgerSeed.Partner), TransactionId.From(string.Create(CultureInfo.InvariantCulture, $"p-{posting.Number:D10}")));
        var (card, store) = (Population.Card(posting.Account), Population.Store((int)(posting.Number % Population.Stores)));
        return posting.Points > 0
            ? await Lanes.Post(new RedeemPoints(partner, id, card, store, ExactNumber.From(posting.Points), DateTimeOffset.UtcNow), origin, CancellationToken.None)
                is Outcome<PointsSpent>.Accepted
            : await Lanes.Post(new RecordPurchase(partner, id, card, store, ExactNumber.From(posting.Cents / 100m), "EUR", DateTimeOffset.UtcNow), origin, CancellationToken.None)
                is Outcome<PurchaseRecorded>.Accepted;
    }
}
