using System.Diagnostics;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Npgsql;

namespace Loyalty.Benchmarks.Ground;

/// <summary>
/// Accounts in the ledger's own database as its service would have left them: decided by the domain, appended by the event store,
/// with the rows that other services' facts leave behind. One purchase of each lies before the measurement.
/// </summary>
internal static class LedgerSeed
{
    private const int Page = 1000;
    private const int Writers = 2;

    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The partner whose tills post. Its id follows from its code, as in CoalitionPartners.</summary>
    public static Guid Partner { get; } = NamedGuid.From(new Guid("a27e7c6f-3a07-4b59-9d4c-5b2c3f0e6d11"), Population.PartnerCode);

    public static async Task Fill(string administrator, int accounts)
    {
        await using var database = NpgsqlDataSource.Create(administrator);
        await Surroundings(database);
        var options = new EventStoreOptions().KeepAccounts();
        var store = new DocumentStore(database, options, TimeProvider.System, new LogSignal());
        var pages = Enumerable.Range(0, accounts).Chunk(Page);
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(pages, new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (page, ct) => await Write(store, page, ct));
        Progress.Say(FormattableString.Invariant($"  seeded {accounts:N0} accounts in {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s"));
        // Nobody is to be told now what was bought before the measurement.
        await Execute(database, $"insert into mt_event_progression (name, last_seq_id) select '{Progression.Of("Relay")}', max(seq_id) from mt_events");
        await Execute(database, "vacuum analyze");
        await Execute(database, "checkpoint");
    }

    private static async Task Surroundings(NpgsqlDataSource database)
    {
        await Execute(database, "insert into partners (partner_id, code, name, currency, version) values ($1, $2, $2, 'EUR', 1)", Partner, Population.PartnerCode);
        await Execute(database,
            "insert into stores (partner_id, code, name) select $1, code, code from unnest($2::text[]) code",
            Partner, Enumerable.Range(0, Population.Stores).Select(Population.Store).ToArray());
        await Execute(database,
            "insert into agreements (partner_id, version, effective_from, currency, points_per_unit) values ($1, 1, $2, 'EUR', 1)", Partner, LongAgo.UtcDateTime);
    }

    private static async Task Write(DocumentStore store, int[] numbers, CancellationToken ct)
    {
        await using var session = store.OpenSession(Origin.System("benchmarks"));
        foreach (var number in numbers)
        {
            var id = Population.Account(number);
            var now = DateTimeOffset.UtcNow;
            var opened = Account.Initial(id).LinkCard(new CardId(Population.CardId(number)), Population.Card(number), 3, LongAgo, now);
            var stream = session.Append(new EventStream<Account>(id, Account.Initial(id), 0), Facts(opened));
            var purchase = new Transaction(new PartnerId(Partner), Purchase(number), now, now);
            var amount = new Money(Population.SeededPoints(number) * 100L, Currency.From("EUR"));
            session.Append(stream, Facts(stream.State.Accrue(purchase, Population.Store(0), Population.Card(number), amount, new Terms(1, Currency.From("EUR"), 1m))));
        }

        session.Enlist(Rows(
            "insert into transactions (partner_id, transaction_id, kind, account_id, version) select $1, id, 'purchase', account, 3 from unnest($2::text[], $3::uuid[]) r (id, account)",
            Partner, numbers.Select(n => Purchase(n).Value).ToArray(), numbers.Select(Population.Account).ToArray()));
        session.Enlist(Rows(
            "insert into cards (scanned, number, account_id, version) select card, card, account, 3 from unnest($1::text[], $2::uuid[]) r (card, account)",
            numbers.Select(Population.Card).ToArray(), numbers.Select(Population.Account).ToArray()));
        await session.SaveChanges(ct);
    }

    private static TransactionId Purchase(int number) => TransactionId.From(FormattableString.Invariant($"seed-{number:D9}"));

    private static IReadOnlyList<IAccountFact> Facts(Decision<IAccountFact> decision) => ((Decision<IAccountFact>.Accepted)decision).Events;

    private static NpgsqlBatchCommand Rows(string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }

    private static async Task Execute(NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 300;
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }
}
