using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

/// <summary>A ledger of its own, because a programme is everybody's.</summary>
[CollectionDefinition(nameof(LedgerUnderAProgramme))]
public sealed class LedgerUnderAProgramme : ICollectionFixture<RunningLedger>;

[Collection(nameof(LedgerUnderAProgramme))]
public class RunningAProgramme(RunningLedger ledger)
{
    private static readonly Programme Plain = new(
        "Europe/Vienna", "down", new("never"), new(), "debt", 15, null, [], [], null);

    private static int versions;

    [Fact]
    public async Task carries_fractions_of_points_to_the_next_purchase()
    {
        await Publish(Plain);
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());
        (await till.Buy(member, 0.60m)).ShouldBe(201).Number("points").ShouldBe(0);
        (await till.Buy(member, 0.60m)).ShouldBe(201).Number("points").ShouldBe(1);
    }

    [Fact]
    public async Task keeps_points_pending_and_says_so()
    {
        await Publish(Plain with { Activation = new(Days: 14) });
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());

        var bought = (await till.Buy(member, 10)).ShouldBe(201);

        (bought.Number("points"), bought.Number("balance"), bought.Number("pending")).ShouldBe((10, 0, 10));
        (await till.Redeem(member, 1)).ShouldBeRefused(422, "insufficient-points");
        var balance = (await till.Get($"/v1/cards/{member.Card}/balance")).ShouldBe(200);
        (balance.Number("balance"), balance.Number("pending")).ShouldBe((0, 10));
    }

    [Fact]
    public async Task writes_down_what_expired_where_nobody_posts_and_tells_others()
    {
        var expiry = DateTimeOffset.UtcNow.AddSeconds(4);
        await Publish(Plain with { Expiry = new("fixed", On: expiry) });
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());
        await ledger.Messages.Observe(typeof(PointsExpired));
        (await till.Buy(member, 10)).ShouldBe(201).Number("balance").ShouldBe(10);

        await Eventually.Holds(async () => await ledger.Count($"mt_events where stream_id = '{member.Id}' and type = 'points-expired'") == 1);
        await Eventually.Holds(() => ledger.Messages.Received.SelectMany(Messages.Read<PointsExpired>).Any(e => e.AccountId == member.Id && e.Points == 10));

        (await till.Balance(member)).ShouldBe(0);
        var liability = (await ledger.Operator().Get("/v1/liability")).ShouldBe(200).Body;
        liability.ShouldContain("\"expired\":");
        await Publish(Plain);
    }

    [Fact]
    public async Task never_touches_points_that_were_earned_under_other_rules()
    {
        await Publish(Plain);
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());
        (await till.Buy(member, 10)).ShouldBe(201);
        await Publish(Plain with { Expiry = new("fixed", On: DateTimeOffset.UtcNow.AddSeconds(1)) });
        (await till.Buy(member, 5)).ShouldBe(201);
        await Eventually.Holds(async () => await till.Balance(member) == 10);
        await Publish(Plain);
    }

    [Fact]
    public async Task refuses_what_goes_beyond_a_hard_limit_and_flags_what_goes_beyond_a_soft_one()
    {
        await Publish(Plain with
        {
            Limits = [new("daily-purchases", "purchase", "member", "day", 1, null, Hard: false), new("hourly-spending", "redemption", "card", "hour", null, 10, Hard: true)],
        });
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());

        (await till.Buy(member, 10)).ShouldBe(201).Json.GetProperty("explained").GetProperty("flags").GetArrayLength().ShouldBe(0);
        (await till.Buy(member, 10)).ShouldBe(201).Json.GetProperty("explained").GetProperty("flags")[0].GetString().ShouldBe("daily-purchases");
        (await till.Redeem(member, 10)).ShouldBe(201);
        (await till.Redeem(member, 1)).ShouldBeRefused(422, "limit-reached");
        (await till.Balance(member)).ShouldBe(10);
        await Publish(Plain);
    }

    [Fact]
    public async Task counts_a_terminal_for_all_members_together_and_lists_what_is_flagged()
    {
        await Publish(Plain with
        {
            Limits = [new("busy-till", "purchase", "terminal", "day", 1, null, Hard: false), new("till-spending", "redemption", "terminal", "hour", 1, null, Hard: true)],
        });
        var (till, anna, bert) = (ledger.Till(ledger.Grocery), await ledger.Enrol(), await ledger.Enrol());

        (await Buy(anna, ledger.NewId())).ShouldBe(201).Json.GetProperty("explained").GetProperty("flags").GetArrayLength().ShouldBe(0);
        var flagged = ledger.NewId();
        var body = await Buy(bert, flagged);
        body.ShouldBe(201).Json.GetProperty("explained").GetProperty("flags")[0].GetString().ShouldBe("busy-till");
        (await Redeem(anna, "t-7")).ShouldBe(201);
        (await Redeem(bert, "t-7")).ShouldBeRefused(422, "limit-reached");
        (await Redeem(bert, "t-8")).ShouldBe(201);
        (await Redeem(bert, "")).ShouldBe(422);
        (await till.PostLines("/v1/transactions", $$"""{"type":"redemption","transactionId":"{{ledger.NewId()}}","card":"{{bert.Card}}","store":"MAIN","points":1,"terminal":"t-7","occurredAt":"{{Till.Now}}"}"""))
            .Body.ShouldContain("limit-reached");

        var reviewer = ledger.Operator("bert", "ledger.approve");
        await Eventually.Holds(async () => (await reviewer.Get("/v1/flags?limit=200")).ShouldBe(200).Json.GetProperty("items").EnumerateArray()
            .Any(f => f.GetProperty("transactionId").GetString() == flagged && f.GetProperty("limits")[0].GetString() == "busy-till"));
        (await till.Get("/v1/flags")).ShouldBe(403);
        await Publish(Plain);

        Task<Answer> Buy(Member member, string id) => till.Post(
            "/v1/purchases", new { transactionId = id, card = member.Card, store = "MAIN", amount = 10, currency = "EUR", occurredAt = Till.Now, terminal = "t-7" });

        Task<Answer> Redeem(Member member, string terminal) => till.Post(
            "/v1/redemptions", new { transactionId = ledger.NewId(), card = member.Card, store = "MAIN", points = 1, occurredAt = Till.Now, terminal });
    }

    [Fact]
    public async Task lifts_a_member_into_a_tier_at_once()
    {
        await Publish(Plain with { Tiers = [new("gold", "Gold", 100, null, null, null, 2m)], TierWindow = new("calendar", null, 30) });
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.Enrol());
        await ledger.Messages.Observe(typeof(TierChanged));

        (await till.Buy(member, 100)).ShouldBe(201).Text("tier").ShouldBe("gold");
        (await till.Buy(member, 10)).ShouldBe(201).Number("points").ShouldBe(20);

        (await till.Get($"/v1/cards/{member.Card}/balance")).ShouldBe(200).Text("tier").ShouldBe("gold");
        await Eventually.Holds(() => ledger.Messages.Received.SelectMany(Messages.Read<TierChanged>).Any(e => e.AccountId == member.Id && e.To == "gold"));
        await Publish(Plain);
    }

    [Fact]
    public async Task refuses_a_return_of_points_already_spent_where_the_programme_says_so()
    {
        await Publish(Plain with { Debt = "refuse" });
        var (till, member, id) = (ledger.Till(ledger.Grocery), await ledger.Enrol(), ledger.NewId());
        (await till.Buy(member, 10, id)).ShouldBe(201);
        (await till.Redeem(member, 6)).ShouldBe(201);
        (await till.Return(id, 10)).ShouldBeRefused(422, "points-already-spent");
        (await till.Reverse(id)).ShouldBe(201).Number("debt").ShouldBe(6);
        await Publish(Plain);
    }

    [Fact]
    public async Task says_when_a_reservation_releases_itself()
    {
        await Publish(Plain);
        var (till, member) = (ledger.Till(ledger.Grocery), await ledger.EnrolWith(10));
        var made = (await till.Reserve(member, 5)).ShouldBe(201).Json.GetProperty("releasesAt").GetDateTimeOffset();
        made.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(14), DateTimeOffset.UtcNow.AddMinutes(15));
    }

    /// <summary>From now on, for whatever is bought from now on.</summary>
    private async Task Publish(Programme programme)
    {
        var (version, now) = (Interlocked.Increment(ref versions), DateTimeOffset.UtcNow);
        await ledger.Publish(new ProgrammePublished(version, now, programme, now));
        await Eventually.Holds(async () => await ledger.Count($"programmes where version = {version}") == 1);
    }
}
