using System.Text.Json;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Webhooks;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Testing;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Webhooks;

public sealed class TellingPartners
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly Guid FactId = Guid.Parse("01957a00-0000-7000-8000-00000000000f");

    [Theory]
    [InlineData("Issue", PartnerEventTypes.PointsIssued), InlineData("PrepaidIssue", PartnerEventTypes.PointsIssued)]
    [InlineData("IssueReversal", PartnerEventTypes.PointsTakenBack), InlineData("PrepaidIssueReversal", PartnerEventTypes.PointsTakenBack)]
    [InlineData("Acceptance", PartnerEventTypes.PointsAccepted), InlineData("AcceptanceReversal", PartnerEventTypes.PointsGivenBack)]
    [InlineData("Breakage", PartnerEventTypes.PointsLapsed)]
    [InlineData("Funding", null), InlineData("FundingReversal", null), InlineData("Block", null)]
    public void names_what_became_of_points(string kind, string? type) => PartnerEventTypes.Of(Enum.Parse<PostingKind>(kind)).ShouldBe(type);

    [Fact]
    public void has_an_event_for_each_posting_of_a_fact_in_its_order()
    {
        var events = PartnerEvent.Of(Settled(10, 20, 30), Noon).ToList();
        events.Select(e => ((PointsData)e.Data).Points).ShouldBe([10L, 20L, 30L]);
        events.ShouldAllBe(e => e.Partner == Grocery && e.Type == PartnerEventTypes.PointsIssued && e.TraceParent == Trace);
    }

    [Fact]
    public void has_an_event_for_each_statement_of_a_closed_cycle_for_its_partner_alone()
    {
        var march = CalendarTimeline.Usual.At(Noon);
        var fuel = Partner.IdOf("FUEL");
        var closed = CycleClosed.Of(march, 7, [new(Grocery, Euro, -250, [], null), new(fuel, Euro, 100, [], null)]);
        var events = PartnerEvent.Of(closed, Noon).ToList();
        events.Select(e => e.Partner).ShouldBe([Grocery, fuel], ignoreOrder: true);
        var mine = events.Single(e => e.Partner == Grocery).Data.ShouldBeOfType<StatementData>();
        mine.CarriedForward.ShouldBe(new Money(-250, Euro));
        mine.Statement.ShouldBe($"/v1/clearing/cycles/{march.Id}/statements/{Grocery}");
    }

    [Fact]
    public void says_when_a_block_runs_low_and_a_client_is_revoked()
    {
        PartnerEvent.Of(new BlockRunningLow(Grocery, new(-7), new(100), Noon), Noon).ShouldHaveSingleItem().Data.ShouldBe(new BlockData(-7, 100));
        PartnerEvent.Of(new ApiClientRevoked(Grocery, "GROCERY.till-1", Noon), Noon).ShouldHaveSingleItem().Type.ShouldBe(PartnerEventTypes.ClientRevoked);
    }

    [Fact]
    public void is_written_down_for_partners()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "webhooks.md"));
        PartnerEventTypes.All.Append(PartnerEventTypes.Test).ShouldAllBe(type => page.Contains($"| `{type}` |", StringComparison.Ordinal));
    }

    [Fact]
    public void keeps_what_is_nobodys_business()
    {
        var registered = new ApiClientRegistered(Grocery, "GROCERY.till-1", "till-1", ["ledger.post"], new string('a', 64), Noon);
        Written(registered).ShouldNotContain("aaaa");
        PartnerEvent.Of(new WebhookRegistered(Grocery, FactId, "https://x.example/", ["*"], Noon), Noon).ShouldBeEmpty();
        PartnerEvent.Of(new BlockPointsIssued(Grocery, new(7), Noon), Noon).ShouldBeEmpty();
    }

    [Fact]
    public void writes_cloud_events_under_ids_that_never_change()
    {
        var told = Told(Settled(10, 20)).ToList();
        told.Select(t => t.Id).ShouldBe(Told(Settled(10, 20)).Select(t => t.Id));
        told.Select(t => t.Id).ShouldBeUnique();
        var json = JsonDocument.Parse(told[1].Body()).RootElement;
        json.EnumerateObject().Select(m => m.Name).ShouldBe(
            ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "position", "traceparent", "data"]);
        json.GetProperty("specversion").GetString().ShouldBe("1.0");
        json.GetProperty("id").GetGuid().ShouldBe(told[1].Id);
        json.GetProperty("position").GetString().ShouldBe("4711.1");
        json.GetProperty("data").EnumerateObject().Select(m => m.Name).ShouldBe(
            ["ledgerEventId", "transactionId", "kind", "points", "occurredAt", "agreementVersion", "price", "currency"]);
        json.GetProperty("data").GetProperty("kind").GetString().ShouldBe("issue");
    }

    [Theory]
    [InlineData("0", 0, 0), InlineData("4711", 4711, 0), InlineData("4711.12", 4711, 12), InlineData("9223372036854775807.0", long.MaxValue, 0)]
    public void reads_positions(string text, long sequence, int item)
    {
        LogPlace.TryParse(text, out var place).ShouldBeTrue();
        place.ShouldBe(new LogPlace(sequence, item));
    }

    [Theory]
    [InlineData(""), InlineData("-1"), InlineData("1."), InlineData(".1"), InlineData("1.2.3"), InlineData("+1"), InlineData(" 1"), InlineData("9223372036854775808"), InlineData("x")]
    public void reads_nothing_else_as_a_position(string text) => LogPlace.TryParse(text, out _).ShouldBeFalse();

    private static string Written(object fact) => string.Concat(Told(fact).Select(t => t.Body()));

    private static IEnumerable<ToldEvent> Told(object fact) =>
        CloudEvent.Of(new StoredEvent(4711, FactId, Guid.NewGuid(), 1, "postings-settled", fact, Noon, "system:test", null), "https://coalition.example");

    private static PostingsSettled Settled(params long[] points) => new(PostingKind.Issue, Grocery, Month.Of(Noon), Euro,
        [.. points.Select((p, i) => new PricedPostings(i + 1, 0.01m, [new(Guid.NewGuid(), TransactionId.From($"T-{i}"), new(p), Noon, Trace)]))]);
}
