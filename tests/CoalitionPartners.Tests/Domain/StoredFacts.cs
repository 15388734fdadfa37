using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Testing;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

/// <summary>What once was stored must decode for ever: the golden files never change, whatever the code does.</summary>
public sealed class StoredFacts
{
    private static readonly EventTypes Types = StoredEvents.Map(new EventTypes());

    private static readonly Posting Posting = new(
        Guid.Parse("01957a00-0000-7000-8000-000000000001"), Grocery, TransactionId.From("basket-1:GROCERY"), new Points(1234), 1, Noon);

    private static readonly Guid Block = Guid.Parse("55555555-5555-4555-8555-555555555555");

    private static readonly Guid Hook = Guid.Parse("66666666-6666-4666-8666-666666666666");

    private static readonly JsonElement HappyHour = Tests.Domain.Written.Offer("""{"when":{"hours":{"from":"17:00","until":"02:00:30"}}}""");

    private static readonly Cycle March = CalendarTimeline.Usual.At(Noon);

    private static readonly BankAccount Account = new("DE89370400440532013000", "COBADEFF", "Grocery Ltd");

    private static readonly PaymentOrder Order = new(March.Id, new(2026, 4, 1), Account,
        [new(PaymentOrder.IdOf(March.Id, Euro, Grocery.ToString()), Grocery, Euro, PaymentDirection.Collect, 1234, Account)]);

    private static readonly IReadOnlyDictionary<string, object> Examples = new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["partner-admitted"] = new PartnerAdmitted(Grocery, "GROCERY", "Grocery", Euro, [new("S1", "Straße 1")], Noon),
        ["store-opened"] = new StoreOpened(Grocery, new("S2", "Airport"), Noon),
        ["store-closed"] = new StoreClosed(Grocery, "S2", Noon.AddHours(12), Noon),
        ["agreement-made"] = new AgreementMade(Grocery, 1, Noon, Euro, 1m, 0.01m, 0.008m, Noon),
        ["api-client-registered"] = new ApiClientRegistered(Grocery, "GROCERY.till-1", "till-1", ["ledger.post", "ledger.read"], new string('a', 64), Noon),
        ["api-client-revoked"] = new ApiClientRevoked(Grocery, "GROCERY.till-1", Noon),
        ["client-secret-issued"] = new ClientSecretIssued(Grocery, "GROCERY.till-1", 2, new string('b', 64), Noon.AddDays(7), Noon),
        ["client-secret-revoked"] = new ClientSecretRevoked(Grocery, "GROCERY.till-1", 1, Noon),
        ["client-key-registered"] = new ClientKeyRegistered(Grocery, "GROCERY.till-1", new("thumbprint", "x", "y"), Noon),
        ["client-key-revoked"] = new ClientKeyRevoked(Grocery, "GROCERY.till-1", "thumbprint", Noon),
        ["terminal-registered"] = new TerminalRegistered(Grocery, "S1", "T1", "By the door", Noon),
        ["terminal-retired"] = new TerminalRetired(Grocery, "S1", "T1", Noon),
        ["offer-published"] = new OfferPublished("weekend", 1, HappyHour, Noon),
        ["offer-withdrawn"] = new OfferWithdrawn("weekend", 2, HappyHour, Noon),
        ["programme-published"] = new ProgrammePublished(1, Noon, Tests.Domain.Written.Programme(), Noon),
        ["clearing-calendar-published"] = new ClearingCalendarPublished(1, Cadence.Weekly, "Europe/Vienna", new(18, 0), 2, Noon, Noon),
        ["cycle-closing-proposed"] = new ClosingProposed(March.Id, March.From, March.Until, "anna", Noon),
        ["cycle-closing-rejected"] = new ClosingRejected(March.Id, "bert", Noon),
        ["cycle-cut"] = new CycleCut(March.Id, March.From, March.Until, "anna", "bert", Noon),
        ["cycle-closed"] = CycleClosed.Of(March, 4711,
        [
            new(Grocery, Euro, -250, [(new(March.Id.Previous(), PostingKind.Acceptance, 1, 0.008m), new(0.008m, new(500), 3, 1))], Commercial.Usual with { FeePerCycle = new(1000, Euro), Vat = new(20, "VAT 20 %") }),
        ]),
        ["matching-rule-published"] = new MatchingRulePublished(1, new(120, 5, 1, ByCard: true), "anna", Noon),
        ["reconciliation-item-assigned"] = new ItemAssigned(Block, 7, "anna", "bert", Noon),
        ["reconciliation-decision-proposed"] = new DecisionProposed(
            Block, 7, new(DifferenceKind.AmountDiffers, TransactionKind.Purchase, "T-1", "T-1", "EUR", -250, -2), ItemDecision.Correct, "Our till double-counted a deposit.", "anna", Noon),
        ["reconciliation-decision-rejected"] = new DecisionRejected(Block, 7, "bert", Noon),
        ["reconciliation-decision-approved"] = new DecisionApproved(
            Block, 7, ItemDecision.Correct, "Our till double-counted a deposit.", "anna", "bert", Noon, Guid.Parse("66666666-6666-4666-8666-666666666666")),
        ["bank-account-proposed"] = new BankAccountProposed(Grocery, Account, "anna", Noon),
        ["bank-account-rejected"] = new BankAccountRejected(Grocery, "bert", Noon),
        ["bank-account-changed"] = new BankAccountChanged(null, Account with { Bic = null }, "anna", "bert", Noon),
        ["cycle-payments-proposed"] = new PaymentsProposed(Order, "anna", Noon),
        ["cycle-payments-rejected"] = new PaymentsRejected(March.Id, "bert", Noon),
        ["cycle-payments-instructed"] = new PaymentsInstructed(Order, "anna", "bert", Noon),
        ["payment-confirmed"] = new PaymentConfirmed(March.Id, Order.Instructions[0].EndToEndId, Grocery, Euro, PaymentDirection.Collect, 1234, Noon, "B-1", "anna", Noon),
        ["cycle-settled"] = new CycleSettled(March.Id, Noon),
        ["dispute-opened"] = new DisputeOpened(Block, March.Id, Grocery, "2026-03.issue.v1.0.01", Euro, 500, "Counted twice.", "GROCERY.office", Noon),
        ["dispute-answered"] = new DisputeAnswered(Block, "Which receipt?", "anna", Noon),
        ["dispute-replied"] = new DisputeReplied(Block, "Number 7.", "GROCERY.office", Noon),
        ["dispute-withdrawn"] = new DisputeWithdrawn(Block, "GROCERY.office", Noon),
        ["dispute-decision-proposed"] = new DisputeDecisionProposed(Block, 300, "Number 7 was.", "anna", Noon),
        ["dispute-decision-declined"] = new DisputeDecisionDeclined(Block, "bert", Noon),
        ["dispute-upheld"] = new DisputeUpheld(Block, 300, "Number 7 was.", "anna", "bert", Guid.Parse("66666666-6666-4666-8666-666666666666"), Noon),
        ["dispute-rejected"] = new DisputeRejected(Block, "It was not.", "anna", "bert", Noon),
        ["correction-proposed"] = new CorrectionProposed(Block, Grocery, Euro, -500, "Paid twice.", "anna", Noon),
        ["correction-rejected"] = new CorrectionRejected(Block, "bert", Noon),
        ["correction-posted"] = new CorrectionPosted(
            Guid.Parse("66666666-6666-4666-8666-666666666666"), Grocery, Euro, 300, "Number 7 was.", March.Id, "2026-03.issue.v1.0.01", Block, "anna", "bert", Noon),
        ["liability-estimates-proposed"] = new EstimatesProposed(2, Month.Of(Noon), [new(null, 0.97m), new(Grocery, 0.985m, 0.008m)], "anna", Noon),
        ["liability-estimates-approved"] = new EstimatesApproved(2, "bert", Noon),
        ["liability-estimates-rejected"] = new EstimatesRejected(2, "bert", Noon),
        ["liability-closing-proposed"] = new PeriodClosingProposed(Month.Of(Noon), "anna", Noon),
        ["liability-closing-rejected"] = new PeriodClosingRejected(Month.Of(Noon), "bert", Noon),
        ["liability-period-closed"] = new LiabilityPeriodClosed(
            Month.Of(Noon), 4711, 815, "anna", "bert", Noon,
            [
                new(Grocery, new(Month.Of(Noon)), Euro, new(Issued: new(1000), Redeemed: new(450), Sales: 100_000), new(Issued: new(1000), Redeemed: new(450), Sales: 100_000), 550, 9000, 2, new(970), 4175, 0),
                new(Grocery, Vintage.Unknown, Euro, new(TakenBack: new(7), Expired: new(-3)), new(TakenBack: new(7), Expired: new(-3)), -4, 0, null, new(0), 0, 0),
            ],
            [new(Grocery, Vintage.Unknown, Month.Of(Noon).Previous(), new(TakenBack: new(7), Expired: new(-3)))]),
        ["block-proposed"] = new BlockProposed(Grocery, Block, new(1000), 0.009m, Euro, 2, "operator", Noon),
        ["block-rejected"] = new BlockRejected(Grocery, Block, "approver", Noon),
        ["block-bought"] = new BlockBought(Grocery, Block, new(1000), 0.009m, Euro, 2, "operator", "approver", Noon),
        ["block-points-issued"] = new BlockPointsIssued(Grocery, new(-7), Noon),
        ["block-running-low"] = new BlockRunningLow(Grocery, new(-7), new(100), Noon),
        ["webhook-registered"] = new WebhookRegistered(Grocery, Hook, "https://hooks.grocery.example/loyalty", ["org.loyalty.points.issued", "*"], Noon),
        ["webhook-removed"] = new WebhookRemoved(Grocery, Hook, Noon),
        ["webhook-paused"] = new WebhookPaused(Grocery, Hook, Noon),
        ["webhook-resumed"] = new WebhookResumed(Grocery, Hook, Noon),
        ["webhook-disabled"] = new WebhookDisabled(Grocery, Hook, Noon),
        ["webhook-secret-rotated"] = new WebhookSecretRotated(Grocery, Hook, Noon.AddDays(1), Noon),
        ["postings-settled"] = new PostingsSettled(PostingKind.IssueReversal, Grocery, Month.Of(Noon), Euro,
        [
            new(1, 0.01m, [SettledPosting.Of(Posting), SettledPosting.Of(Posting with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" })]),
            new(2, 0.0125m, [SettledPosting.Of(Posting with { Points = new(0) })]),
        ]),
        ["points-issued"] = new PointsIssued(Posting, Euro, 0.01m),
        ["issue-reversed"] = new IssueReversed(Posting, Euro, 0.01m),
        ["points-accepted"] = new PointsAccepted(Posting, Euro, 0.008m),
        ["acceptance-reversed"] = new AcceptanceReversed(Posting, Euro, 0.008m),
    };

    public static TheoryData<string> Names => [.. Types.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void are_read_and_written_as_they_always_were(string name)
    {
        var golden = File.ReadAllText(Path.Combine(Repository.Root, "tests", "CoalitionPartners.Tests", "Golden", name + ".json"));
        Types.Read(name, golden).ShouldBeOfType(Examples[name].GetType());
        Written(Types.Read(name, golden)).ShouldBe(Normal(golden));
        Written(Examples[name]).ShouldBe(Normal(golden));
    }

    [Fact]
    public void keep_what_was_agreed_beyond_prices()
    {
        var golden = File.ReadAllText(Path.Combine(Repository.Root, "tests", "CoalitionPartners.Tests", "Golden", "agreement-made.commercial.json"));
        var made = new AgreementMade(Grocery, 2, Noon, Euro, 1m, 0.01m, 0.008m, Noon, new(
            new(FundingKind.Prepaid, new(new(100_000), 0.009m, new(10_000), Replenish: true, WhenEmpty.Refuse)),
            [new("airports", ["S1", "S2"], 0.012m, null)], new(2, Euro), new(5000, Euro), new(100_00, Euro), BreakageKeeper.Issuer, new(20, "VAT 20%")));
        Written(made).ShouldBe(Normal(golden));
        Written(Types.Read("agreement-made", golden)).ShouldBe(Normal(golden));
        var split = Written(made with { Commercial = made.Commercial! with { Funding = new(FundingKind.Split, ShareAtIssue: 0.4m) } });
        split.ShouldContain("\"Funding\":{\"Kind\":\"split\",\"ShareAtIssue\":0.4}");
        Written(Types.Read("agreement-made", split)).ShouldBe(split);
    }

    [Theory]
    [InlineData("issue", 1, 1), InlineData("issue-reversal", 1, -1), InlineData("acceptance", 2, 1), InlineData("acceptance-reversal", 2, -1)]
    [InlineData("funding", 1, 1), InlineData("funding-reversal", 1, -1), InlineData("breakage", 2, 1), InlineData("block", 1, 1)]
    [InlineData("prepaid-issue", 0, 1), InlineData("prepaid-issue-reversal", 0, -1)]
    public void name_each_kind_of_posting_as_they_always_did(string name, int side, int sign)
    {
        var golden = File.ReadAllText(Path.Combine(Repository.Root, "tests", "CoalitionPartners.Tests", "Golden", "postings-settled.json"));
        var settled = Types.Read("postings-settled", golden.Replace("issue-reversal", name, StringComparison.Ordinal)).ShouldBeOfType<PostingsSettled>();
        settled.Kind.Side().ShouldBe((Side)side);
        settled.Kind.Sign().ShouldBe(sign);
        Written(settled).ShouldContain($"\"Kind\":\"{name}\"");
    }

    [Fact]
    public void keep_what_a_closed_cycle_took_beside_postings()
    {
        var closed = CycleClosed.Of(March, 4711,
        [
            new(Grocery, Euro, -1234, [], null)
            {
                Payments = [new(Order.Instructions[0].EndToEndId, March.Id.Previous(), 1234, Noon, "B-1")],
                Adjustments = [new(Block, 300, "Number 7 was.", March.Id.Previous(), "2026-02.issue.v1.0.01", Block), new(Block, -500, "Paid twice.", null, null, null)],
            },
        ]);
        var golden = File.ReadAllText(Path.Combine(Repository.Root, "tests", "CoalitionPartners.Tests", "Golden", "cycle-closed.corrected.json"));
        Written(closed).ShouldBe(Normal(golden));
        Written(Types.Read("cycle-closed", golden)).ShouldBe(Normal(golden));
    }

    [Fact]
    public void name_a_stores_time_zone_where_it_has_one()
    {
        var opened = new StoreOpened(Grocery, new("S2", "Airport", "Europe/Vienna"), Noon);
        Written(opened).ShouldContain("\"TimeZone\":\"Europe/Vienna\"");
        Types.Read("store-opened", Written(opened)).ShouldBe(opened);
    }

    [Fact]
    public void fold_to_the_same_state_from_a_snapshot_as_from_all_facts()
    {
        var partner = Nobody.Fold(Examples.Values.OfType<PartnerFact>());
        var period = SettlementPeriod.Initial(Guid.Empty).Fold(Examples.Values.OfType<SettlementFact>());

        Written(JsonSerializer.Deserialize<Partner>(JsonSerializer.Serialize(partner, Types.Json), Types.Json)!).ShouldBe(Written(partner));
        var account = PrepaidAccount.Initial(Guid.Empty).Fold(Examples.Values.OfType<PrepaidFact>());
        Written(JsonSerializer.Deserialize<PrepaidAccount>(JsonSerializer.Serialize(account, Types.Json), Types.Json)!).ShouldBe(Written(account));
        Written(JsonSerializer.Deserialize<SettlementPeriod>(JsonSerializer.Serialize(period, Types.Json), Types.Json)!).ShouldBe(Written(period));
    }

    private static string Written(object value) => Normal(JsonSerializer.Serialize(value, value.GetType(), Types.Json));

    private static string Normal(string json) => JsonNode.Parse(json)!.ToJsonString();
}
