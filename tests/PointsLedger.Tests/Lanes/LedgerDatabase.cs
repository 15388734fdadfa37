using System.Globalization;
using System.Security.Cryptography;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Tests.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

[CollectionDefinition(nameof(LedgerDatabase))]
public sealed class LedgerDatabaseCollection : ICollectionFixture<LedgerDatabase>;

/// <summary>The ledger's database with one partner in it, and no service: replicas of the lanes are opened on it in this process.</summary>
public sealed class LedgerDatabase(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The same all the time, so that a request made again is the same request.
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private NpgsqlDataSource administrator = null!;
    private int names;

    internal static PartnerId Grocery { get; } = new(Guid.Parse("11111111-1111-4111-8111-111111111111"));

    internal static Origin Till { get; } = Origin.Of("partner:GROCERY/till-1");

    internal TestDatabase Place { get; private set; } = null!;

    internal DocumentStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Place = await postgres.CreateDatabase("points_ledger");
        await ServiceProcess.Migrate("PointsLedger", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Database"] = Place.Service,
            ["ConnectionStrings__Owner"] = Place.Owner,
            ["Auth__Authority"] = "http://127.0.0.1:1",
            ["Broker__Uri"] = $"amqp://nobody:{RandomNumberGenerator.GetHexString(32)}@127.0.0.1:1/",
        });
        administrator = NpgsqlDataSource.Create(Place.Administrator);
        Store = new DocumentStore(administrator, Options(), TimeProvider.System, new LogSignal());
        await Execute("insert into partners (partner_id, code, name, currency, version) values ($1, 'GROCERY', 'Grocery', 'EUR', 1)", Grocery.Value);
        await Execute("insert into stores (partner_id, code, name) values ($1, 'MAIN', 'Main street')", Grocery.Value);
        await Execute(
            "insert into agreements (partner_id, version, effective_from, currency, points_per_unit) values ($1, 1, $2, 'EUR', 1)", Grocery.Value, LongAgo.UtcDateTime);
    }

    public async ValueTask DisposeAsync() => await administrator.DisposeAsync();

    internal Replica OpenReplica(int count = 1, int batchSize = 500, int queueDepth = 10_000) =>
        new(Place.Service, NewName("replica"), new LaneOptions(count, batchSize, queueDepth, CacheMegabytes: 1));

    internal string NewName(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref names)}");

    /// <summary>A member with a card that leads to an account, as others' messages would have left them.</summary>
    /// <param name="told">Whether the card has been told of; otherwise <see cref="TellOfCard"/> does it.</param>
    internal async Task<Member> Enrol(bool told = true)
    {
        var number = Interlocked.Increment(ref names).ToString("D8", CultureInfo.InvariantCulture);
        var member = new Member(Guid.NewGuid(), Guid.NewGuid(), RunningLedger.WithLuhn("6276480" + number), RunningLedger.WithEan("2900" + number));
        await Append(member, account => account.LinkCard(new(member.CardId), member.Card, 3, LongAgo, LongAgo));
        if (told) await TellOfCard(member);
        return member;
    }

    internal Task TellOfCard(Member member) =>
        Execute("insert into cards (scanned, number, account_id, version) values ($1, $1, $2, 3)", member.Card, member.Id);

    /// <summary>Appends to an account past all lanes.</summary>
    internal async Task Append(Member member, Func<Account, Decision<IAccountFact>> decide)
    {
        await using var session = Store.OpenSession(Till);
        var account = await session.FetchForWriting<Account>(member.Id, CancellationToken.None);
        session.Append(account, decide(account.State).Facts());
        await session.SaveChanges(CancellationToken.None);
    }

    internal RecordPurchase Buy(Member member, decimal amount, string? id = null) =>
        new(Grocery, Id(id), member.Card, "MAIN", ExactNumber.From(amount), "EUR", Now);

    internal RedeemPoints Redeem(Member member, long points, string? id = null) =>
        new(Grocery, Id(id), member.Card, "MAIN", ExactNumber.From(points), Now);

    internal ReturnPurchase Return(string purchase, decimal amount, string? id = null) =>
        new(Grocery, Id(id), TransactionId.From(purchase), ExactNumber.From(amount), "EUR", Now);

    internal ReverseTransaction Reverse(string original, string? id = null) => new(Grocery, Id(id), TransactionId.From(original), Now);

    /// <summary>Keeps whoever would append to the account waiting until it is disposed of.</summary>
    internal async Task<IAsyncDisposable> Hold(Member member)
    {
        var connection = await administrator.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select 1 from mt_streams where id = $1 for update", connection) { Parameters = { new() { Value = member.Id } } };
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Returns when so many of a replica's commits wait for what is held.</summary>
    internal Task Waits(Replica replica) => Eventually.Holds(
        async () => await Count($"pg_stat_activity where application_name = '{replica.Name}' and wait_event_type = 'Lock'") > 0);

    internal async Task<long> Count(string what)
    {
        await using var query = administrator.CreateCommand("select count(*) from " + what);
        return (long)(await query.ExecuteScalarAsync())!;
    }

    internal async Task Execute(string sql, params object[] parameters)
    {
        await using var command = administrator.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The account, after everything that must be true of it at any time was found true.</summary>
    internal async Task<Account> Audited(Member member)
    {
        var events = await Store.FetchStream(member.Id);
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, events.Count).Select(n => (long)n));
        (await Count($"mt_streams where id = '{member.Id}' and version = {events.Count}")).ShouldBe(1);
        var account = Account.Initial(member.Id).Fold(events.Select(e => e.Data));
        (await Store.Load<Account>(member.Id))!.State.Stored().ShouldBe(account.Stored());
        events.SelectMany(e => Postings.Of(new(member.Id), (IAccountFact)e.Data)).Sum(p => p.Amount).ShouldBe(0);
        var transactions = events.Select(e => e.Data).OfType<ITransactionFact>().Select(f => f.Transaction.Id).Distinct().Count();
        (await Count($"transactions where account_id = '{member.Id}'")).ShouldBe(transactions);
        return account;
    }

    internal async Task<long> Balance(Member member) => (await Audited(member)).Balance(DateTimeOffset.UtcNow).Value;

    internal static EventStoreOptions Options() => new EventStoreOptions().KeepAccounts();

    private TransactionId Id(string? id) => TransactionId.From(id ?? NewName("t"));
}

/// <summary>One process's lanes and what it keeps in memory.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;

    public Replica(string database, string name, LaneOptions options)
    {
        Name = name;
        source = EventStoreSetup.Connect(new NpgsqlConnectionStringBuilder(database) { ApplicationName = name, MaxPoolSize = 10 }.ConnectionString);
        var store = new DocumentStore(source, LedgerDatabase.Options(), TimeProvider.System, new LogSignal());
        Cards = new CardIndex(store);
        var rules = new RuleBook(store, TimeProvider.System);
        var tills = new TillBook(store, Cards, new MemberIndex(store, TimeProvider.System), rules, TimeProvider.System);
        Lanes = new PostingLanes(
            store, new TransactionRows(store), tills, new LedgerTime(TimePolicy.Default, TimeProvider.System), rules, options, NullLogger<PostingLanes>.Instance);
    }

    public string Name { get; }

    public CardIndex Cards { get; }

    public PostingLanes Lanes { get; }

    public Task<Outcome<TAnswer>> Post<TAnswer>(IPosting<TAnswer> command) => Lanes.Post(command, LedgerDatabase.Till, CancellationToken.None);

    /// <summary>Returns when the posting has its place in the lane.</summary>
    public Task<Task<Outcome<TAnswer>>> Place<TAnswer>(IPosting<TAnswer> command, PostingSeries? series = null) =>
        Lanes.PostInOrder(command, LedgerDatabase.Till, series ?? new PostingSeries(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Lanes.StopAsync(CancellationToken.None);
        await source.DisposeAsync();
    }
}

internal static class Outcomes
{
    public static TAnswer Accepted<TAnswer>(this Outcome<TAnswer> outcome) => outcome.ShouldBeOfType<Outcome<TAnswer>.Accepted>().Answer;

    public static void ShouldBeRefused<TAnswer>(this Outcome<TAnswer> outcome, string code) =>
        outcome.ShouldBeOfType<Outcome<TAnswer>.Refused>().Refusal.Code.ShouldBe(code);
}
