using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Loyalty.CoalitionPartners.Tests.Service.Reconciling.Books;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>Whatever the books say and whenever the service dies, the items explain the difference.</summary>
[Collection(nameof(TheService))]
public sealed class ExplainingAnyBooks(TheService service)
{
    private static readonly string[] Kinds = [TransactionKind.Purchase, TransactionKind.Return, TransactionKind.Redemption, TransactionKind.RedemptionReversal];
    private static readonly string[] Currencies = ["EUR", "EUR", "USD"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    // Few ids, cards, amounts and minutes, so that everything collides with everything.
    [Theory, MemberData(nameof(Seeds))]
    public async Task explains_random_books_and_accounts_for_every_entry_once(int seed)
    {
        var random = new Random(seed);
        await using var books = await Open(service);
        var ours = Enumerable.Range(0, 60).Select(_ => Any(random)).DistinctBy(o => (o.Kind, o.Id)).ToList();
        await books.Tell([.. ours.Select(o => o with { Points = o.Points ?? 3 })]);
        var theirs = Enumerable.Range(0, 60).Select(_ => Any(random)).ToList();
        var shown = await books.Reconciled(theirs);

        shown.GetProperty("explained").GetBoolean().ShouldBeTrue($"seed {seed}");
        var id = IdOf(shown);
        var totals = shown.GetProperty("totals").EnumerateArray().ToList();
        totals.Sum(t => t.GetProperty("there").GetProperty("count").GetInt32()).ShouldBe(theirs.Count);
        totals.Sum(t => t.GetProperty("here").GetProperty("count").GetInt32()).ShouldBe(ours.Count);
        // Each line agrees or has one item, and so does each transaction of ours.
        var matched = totals.Sum(t => t.GetProperty("matched").GetProperty("count").GetInt32());
        (matched + await books.Count("reconciliation_items where reconciliation = $1 and line is not null", id)).ShouldBe(theirs.Count);
        (matched + await books.Count("reconciliation_items where reconciliation = $1 and event_id is not null", id)).ShouldBe(ours.Count);
        (await books.Count("(select from reconciliation_items where reconciliation = $1 group by event_id having event_id is not null and count(*) > 1) twice", id)).ShouldBe(0);
        (await books.Count("reconciliation_items where reconciliation = $1 and kind in ('amount-differs', 'points-differ') and amount_difference = 0 and points_difference = 0", id)).ShouldBe(0);
    }

    [Fact]
    public async Task goes_on_where_it_was_killed_between_two_pages()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1", 900), Purchase("gone", minute: 5)]);
        var id = Guid.CreateVersion7();
        await service.Restart(async () =>
        {
            var ct = TestContext.Current.CancellationToken;
            await using var provider = Store();
            var store = provider.GetRequiredService<DocumentStore>();
            var rows = new ReconciliationRows(store);
            await rows.Begin(new(id, new(books.Partner), "partner:X/till", new(2017, 3, 1, 0, 0, 0, TimeSpan.Zero), new(2017, 4, 1, 0, 0, 0, TimeSpan.Zero), 0, null), ct);
            await new BookLineRows(store).Copy(
                id, [.. Enumerable.Range(1, 2_500).Select(i => new BookLine(i, TransactionKind.Purchase, $"{i}", null, 1000, "EUR", 10, Noon, null, null, null))], ct);
            await rows.TryReceive(id, "killed", [1], 2_500, ct);
            var finder = new ItemFinder(store);
            for (var step = 0; step < 3; step++) await finder.Step((await rows.Open(ct)).Single(r => r.Id == id), ct);
            (await rows.Open(ct)).Single(r => r.Id == id).Items.ShouldBe(2_000);
        });

        var shown = await books.Complete(id);
        (shown.GetProperty("items").GetInt32(), shown.GetProperty("explained").GetBoolean()).ShouldBe((2_501, true));
        (await books.Count("reconciliation_items where reconciliation = $1", id)).ShouldBe(2_501);
        (await books.Count("reconciliation_items where reconciliation = $1 and kind = 'amount-differs'", id)).ShouldBe(1);
    }

    [Fact]
    public async Task takes_no_step_twice()
    {
        await using var provider = Store();
        var store = provider.GetRequiredService<DocumentStore>();
        await using var books = await Open(service);
        var id = IdOf(await books.Reconciled([Purchase("1"), Purchase("2")]));
        var stale = new OpenReconciliation(id, new(books.Partner), Noon.AddDays(-13), Noon.AddDays(13), 0, IsMatched: true, 0, 0, Guid.Empty);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => new ItemFinder(store).Step(stale, TestContext.Current.CancellationToken));
        await Should.ThrowAsync<InvalidOperationException>(() => new ItemFinder(store).Step(stale with { IsMatched = false }, TestContext.Current.CancellationToken));
        (await books.Items(id)).Count.ShouldBe(2);
    }

    private static Posted Any(Random random)
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        return new(
            kind, $"{random.Next(40)}", Noon.AddMinutes(random.Next(12)), $"927600000000000{random.Next(4)}", random.Next(1, 4) * 100,
            kind is TransactionKind.Redemption or TransactionKind.RedemptionReversal || random.Next(2) == 0 ? random.Next(1, 4) : null, "before", Currencies[random.Next(Currencies.Length)]);
    }

    private ServiceProvider Store() => new ServiceCollection().AddLogging().AddEventStore(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:Database", service.Database.Service)]).Build(),
        o => StoredEvents.Map(o.Types)).BuildServiceProvider();
}
