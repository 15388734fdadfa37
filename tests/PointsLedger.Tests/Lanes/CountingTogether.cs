using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Documents = Loyalty.Contracts.CoalitionPartners.V1;
using PostingLimit = Loyalty.Contracts.CoalitionPartners.V1.PostingLimit;

namespace Loyalty.PointsLedger.Tests.Lanes;

/// <summary>What is limited for all accounts together, with two replicas of two lanes each; every test has a database of its own.</summary>
public sealed class CountingTogether(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerDatabase ledger = new(postgres);

    public ValueTask InitializeAsync() => ledger.InitializeAsync();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task grants_exactly_a_budget_however_many_ask_at_once()
    {
        await Offer(points: 7, budget: 1000);
        await Everywhere(400, (member, _) => ledger.Buy(member, 10), answer => answer.Accepted());

        (await Granted()).ShouldBe(1000);
        (await Counted(CounterKey.OfBudget("spring"))).Points.ShouldBe(1000);
    }

    [Fact]
    public async Task gives_a_budget_back_what_the_return_that_leaves_nothing_takes()
    {
        await Offer(points: 7, budget: 10);
        await using var replica = ledger.OpenReplica();
        var member = await ledger.Enrol();
        (await replica.Post(ledger.Buy(member, 10, "whole"))).Accepted().Points.ShouldBe(17);
        (await replica.Post(ledger.Buy(member, 10))).Accepted().Points.ShouldBe(13);
        (await replica.Post(ledger.Buy(member, 10))).Accepted().ShouldSatisfyAllConditions(
            a => a.Points.ShouldBe(10), a => a.Explained!.Missed.ShouldContain(m => m.Reason == "budget-spent"));
        (await replica.Post(ledger.Return("whole", 10))).Accepted();
        (await Counted(CounterKey.OfBudget("spring"))).Points.ShouldBe(3);
        (await replica.Post(ledger.Buy(member, 10, "part"))).Accepted().Points.ShouldBe(17);
        (await replica.Post(ledger.Return("part", 5))).Accepted();
        (await Counted(CounterKey.OfBudget("spring"))).Points.ShouldBe(10);
    }

    [Fact]
    public async Task lets_exactly_so_many_through_a_hard_limit_of_a_store()
    {
        await Limit(new("busy", "purchase", "store", "day", 50, Points: null, Hard: true));
        var (accepted, refused) = (0, 0);
        await Everywhere(150, (member, _) => ledger.Buy(member, 1), answer =>
        {
            if (answer is Loyalty.Commands.Outcome<PurchaseRecorded>.Accepted) Interlocked.Increment(ref accepted);
            else answer.ShouldBeRefused("limit-reached");
            if (answer is Loyalty.Commands.Outcome<PurchaseRecorded>.Refused) Interlocked.Increment(ref refused);
        });
        (accepted, refused).ShouldBe((50, 100));
        (await ledger.Count("mt_events where type = 'points-accrued'")).ShouldBe(50);
    }

    [Fact]
    public async Task flags_exactly_what_goes_beyond_a_soft_limit_of_a_partner()
    {
        await Limit(new("many", "purchase", "partner", "day", Count: null, Points: 100, Hard: false));
        var flagged = 0;
        await Everywhere(150, (member, _) => ledger.Buy(member, 2), answer =>
        {
            if (answer.Accepted().Explained!.Flags is [var flag] && flag == "many") Interlocked.Increment(ref flagged);
        });
        flagged.ShouldBe(100);
    }

    [Fact]
    public async Task limits_redemptions_and_reservations_of_a_terminal_and_of_no_other()
    {
        await Limit(new("till", "redemption", "terminal", "day", Count: 3, Points: 10, Hard: true));
        await using var replica = ledger.OpenReplica(count: 2);
        var (one, other) = (await ledger.Enrol(), await ledger.Enrol());
        foreach (var member in new[] { one, other }) (await replica.Post(ledger.Buy(member, 100))).Accepted();

        (await replica.Post(ledger.Redeem(one, 6) with { Terminal = "t-1" })).Accepted();
        (await replica.Post(ledger.Redeem(other, 5) with { Terminal = "t-1" })).ShouldBeRefused("limit-reached");
        (await replica.Post(Reserve(other, 4) with { Terminal = "t-1" })).Accepted();
        (await replica.Post(ledger.Redeem(one, 1) with { Terminal = "t-1" })).ShouldBeRefused("limit-reached");
        (await replica.Post(ledger.Redeem(one, 10) with { Terminal = "t-2" })).Accepted();
        (await replica.Post(ledger.Redeem(one, 50))).Accepted();
        (await ledger.Audited(one)).Uses.ShouldBeEmpty();
    }

    [Fact]
    public async Task issues_exactly_the_points_that_were_paid_for_however_many_ask_at_once()
    {
        await Prepaid(100);
        var (accepted, refused) = (0, 0);
        await Everywhere(150, (member, _) => ledger.Buy(member, 2), answer =>
        {
            if (answer is Loyalty.Commands.Outcome<PurchaseRecorded>.Accepted) Interlocked.Increment(ref accepted);
            else answer.ShouldBeRefused("prepaid-block-empty");
            if (answer is Loyalty.Commands.Outcome<PurchaseRecorded>.Refused) Interlocked.Increment(ref refused);
        });
        (accepted, refused).ShouldBe((50, 100));
        (await Counted(CounterKey.OfPrepaid(LedgerDatabase.Grocery))).Points.ShouldBe(100);
    }

    [Fact]
    public async Task counts_awards_among_the_points_paid_for_and_gives_back_what_returns_take()
    {
        await Offer(points: 7, budget: 1000);
        await Prepaid(30);
        await using var replica = ledger.OpenReplica();
        var member = await ledger.Enrol();
        (await replica.Post(ledger.Buy(member, 10, "first"))).Accepted().Points.ShouldBe(17);
        (await replica.Post(ledger.Buy(member, 7))).ShouldBeRefused("prepaid-block-empty");
        (await replica.Post(ledger.Return("first", 5))).Accepted();
        (await Counted(CounterKey.OfPrepaid(LedgerDatabase.Grocery))).Points.ShouldBe(8);
        (await replica.Post(ledger.Buy(member, 14))).Accepted().Points.ShouldBe(21);
        (await replica.Post(ledger.Buy(member, 0.5m))).ShouldBeRefused("prepaid-block-empty");
    }

    [Fact]
    public async Task writes_no_counter_where_nothing_is_counted_together()
    {
        await Limit(new("mine", "purchase", "member", "day", Count: 5, Points: null, Hard: true));
        await Everywhere(20, (member, _) => ledger.Buy(member, 1), answer => answer.Accepted());
        (await ledger.Count("counters")).ShouldBe(0);
    }

    private async Task Everywhere(int times, Func<Member, int, RecordPurchase> command, Action<Loyalty.Commands.Outcome<PurchaseRecorded>> answered)
    {
        await using var one = ledger.OpenReplica(count: 2, batchSize: 10);
        await using var other = ledger.OpenReplica(count: 2, batchSize: 10);
        var members = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.Enrol()));
        await Parallel.ForAsync(0, times, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (i, _) =>
            answered(await (i % 2 == 0 ? one : other).Post(command(members[i % members.Length], i))));
        foreach (var member in members) await ledger.Audited(member);
    }

    private ReservePoints Reserve(Member member, long points) => new(
        LedgerDatabase.Grocery, TransactionId.From(ledger.NewName("t")), member.Card, "MAIN", ServiceDefaults.ExactNumber.From(points), DateTimeOffset.UtcNow);

    private async Task Prepaid(long points)
    {
        await ledger.Execute("update agreements set only_prepaid = true");
        await ledger.Execute("insert into prepaid_blocks (partner_id, block_id, points) values ($1, gen_random_uuid(), $2)", LedgerDatabase.Grocery.Value, points);
    }

    private Task Offer(long points, long budget)
    {
        var offer = new OfferPublished(1, new Documents.Offer(
            "spring", "Spring", "bonus", null, null, 1, null, new(), new(Points: points), [], budget, [], null, null), LongAgo, false);
        return ledger.Execute(
            "insert into offers (offer_id, version, published_at, told) values ('spring', 1, $1, $2::jsonb)",
            LongAgo.UtcDateTime, JsonSerializer.Serialize(offer, JsonSerializerOptions.Web));
    }

    private Task Limit(PostingLimit limit)
    {
        var programme = new ProgrammePublished(1, LongAgo, new("UTC", "down", new("never"), new(), "debt", 60, null, [limit], [], null), LongAgo);
        return ledger.Execute(
            "insert into programmes (version, effective_from, told) values (1, $1, $2::jsonb)", LongAgo.UtcDateTime, JsonSerializer.Serialize(programme, JsonSerializerOptions.Web));
    }

    private async Task<long> Granted()
    {
        var sum = 0L;
        await foreach (var fact in Accruals()) sum += (fact.Awards ?? []).Sum(a => a.Points).Value;
        return sum;
    }

    private async IAsyncEnumerable<PointsAccrued> Accruals()
    {
        await using var query = ledger.Store.DataSource.CreateCommand("select data::text from mt_events where type = 'points-accrued'");
        await using var row = await query.ExecuteReaderAsync();
        while (await row.ReadAsync()) yield return (PointsAccrued)ledger.Store.Types.Read("points-accrued", row.GetString(0));
    }

    private async Task<Tally> Counted(CounterKey key) =>
        (await Counters.Read(ledger.Store, [key], CancellationToken.None)).GetValueOrDefault(key, Tally.Nothing);
}
