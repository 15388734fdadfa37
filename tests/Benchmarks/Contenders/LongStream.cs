using System.Diagnostics;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using EventLog = Loyalty.EventStore.EventLog;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// Whether an account with a long stream is as cheap to load as one with a short stream: its state, a statement of account and the first
/// page of its history. Looking back at it reads the whole stream, which is measured too.
/// </summary>
internal sealed class LongStream(DocumentStore store)
{
    private const int Short = 10;
    private const int Long = 100_000;
    private const int Batch = 5_000;
    private const int Page = 50;
    private const int Rounds = 200;
    private const int RoundsOfHindsight = 3;
    private const string Card = "6276480000000014";

    // Both streams are spread over the same three years, which are long closed.
    private static readonly DateTimeOffset Began = new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lasted = TimeSpan.FromDays(3 * 365);

    // The month of the short stream's last fact.
    private static readonly StatementPeriod LateMonth = StatementPeriod.Of(Began + (Lasted * ((Short - 1.0) / Short)));

    private readonly StatementReader statements = new(store);
    private readonly HistoryView history = new(store);
    private readonly HindsightReader hindsight = new(store);

    public static async Task<IReadOnlyList<Finding>> Measure(Site site)
    {
        var place = await site.Postgres.CreateDatabase("long_stream");
        await ServiceProcess.Migrate("PointsLedger", new Dictionary<string, string>(site.ServiceSettings(), StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = place.Service, ["ConnectionStrings__Owner"] = place.Owner, ["Broker__Uri"] = "amqp://nobody:listens-to-this-one@127.0.0.1/",
        });
        await using var source = EventStoreSetup.Connect(place.Administrator);
        return await new LongStream(new(source, new EventStoreOptions().KeepAccounts(), TimeProvider.System, new LogSignal())).Measure();
    }

    private async Task<IReadOnlyList<Finding>> Measure()
    {
        var began = Stopwatch.GetTimestamp();
        var (few, many) = (await Write(Short), await Write(Long));
        await Project();
        Progress.Say(FormattableString.Invariant($"  a stream of {Short:N0} facts and one of {Long:N0} written in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s"));
        return
        [
            await Compare("state", "state of an account", few, many, Rounds, async id => (await store.Load<Account>(id))!.Version),
            await Compare("statement", "statement of account, a page of its lines", few, many, Rounds, Statement),
            await Compare("history", "first page of an account's history", few, many, Rounds, async id => (await history.Read(id, 0, Page + 1, null, CancellationToken.None))!.Count),
            await Compare("as-of", "looking back at an account", few, many, RoundsOfHindsight, async id => (await hindsight.Read(new(id), Began + Lasted, null, CancellationToken.None)).Version),
        ];
    }

    private async Task<long> Statement(Guid id)
    {
        var (_, month) = await statements.Month(id, LateMonth, CancellationToken.None);
        return (await statements.Lines(id, month!, 0, Page + 1, CancellationToken.None)).Count;
    }

    // In turn, so that whatever befalls the machine befalls both.
    private static async Task<Finding> Compare(string key, string what, Guid few, Guid many, int rounds, Func<Guid, Task<long>> read)
    {
        var (ofFew, ofMany) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            ofFew.Add(await Time(few, read));
            ofMany.Add(await Time(many, read));
        }

        ofFew.Sort();
        ofMany.Sort();
        var (little, much) = (ofFew[rounds / 2], ofMany[rounds / 2]);
        return new("long-stream-" + key, FormattableString.Invariant($"{what}, {Long:N0} facts"), much, "ms",
            FormattableString.Invariant($"{little:0.00} ms with {Short} facts; {much / little:0.0} times as long"));
    }

    private static async Task<double> Time(Guid id, Func<Guid, Task<long>> read)
    {
        var began = Stopwatch.GetTimestamp();
        if (await read(id) == 0) throw new InvalidOperationException("Nothing was read.");
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private async Task<Guid> Write(int length)
    {
        var id = Guid.NewGuid();
        var stream = new EventStream<Account>(id, Account.Initial(id), 0);
        while (stream.Version < length)
        {
            await using var session = store.OpenSession(Origin.System("benchmarks"));
            var until = Math.Min(length, stream.Version + Batch);
            while (stream.Version < until) stream = session.Append(stream, Next(stream, length));
            await session.SaveChanges(CancellationToken.None);
        }

        return id;
    }

    // Three purchases to a redemption that spends what they earned, so that the account stays small.
    private static IReadOnlyList<IAccountFact> Next(EventStream<Account> stream, int length)
    {
        var now = Began + (Lasted * ((double)stream.Version / length));
        if (stream.Version == 0) return Facts(stream.State.LinkCard(new(stream.Id), Card, 3, now, now));
        var by = new Transaction(new(LedgerSeed.Partner), TransactionId.From(FormattableString.Invariant($"t-{stream.Version}")), now, now);
        return Facts(stream.Version % (Population.PurchasesToARedemption + 1) == 1
            ? stream.State.Redeem(by, Population.Store(0), Card, stream.State.Balance(now), 1)
            : stream.State.Accrue(by, Population.Store(0), Card, new Money(1_000, Currency.From("EUR")), new Terms(1, Currency.From("EUR"), 1m)));
    }

    private static IReadOnlyList<IAccountFact> Facts(Decision<IAccountFact> decision) => ((Decision<IAccountFact>.Accepted)decision).Events;

    private async Task Project()
    {
        var log = new EventLog(store);
        var last = await log.HighestVisible(CancellationToken.None);
        var view = new StatementView();
        using var daemon = new ProjectionDaemon(store, log, new ProjectionRebuild(store, log), [view], NullLogger<ProjectionDaemon>.Instance);
        await daemon.StartAsync(CancellationToken.None);
        while (!(daemon.Status.GetValueOrDefault(view.Name)?.Mark >= last)) await Task.Delay(10);
        await daemon.StopAsync(CancellationToken.None);
        await using var vacuum = store.DataSource.CreateCommand("vacuum analyze");
        await vacuum.ExecuteNonQueryAsync();
    }
}
