using System.Text.Json;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Shouldly;
using Xunit;

namespace Loyalty.Contracts.Tests;

public sealed class ContractJson
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    [Fact]
    public void a_redemption_says_whose_points_were_spent_where()
    {
        const string approved = """
            {"accountId":"11111111-1111-1111-1111-111111111111","partnerId":"22222222-2222-2222-2222-222222222222","store":"1","transactionId":"r-1","reservationId":null,"points":150,"draws":[{"issuerId":"33333333-3333-3333-3333-333333333333","purchaseId":"p-1","points":100,"agreementVersion":3,"accruedAt":"2026-02-01T10:00:00+00:00"},{"issuerId":"22222222-2222-2222-2222-222222222222","purchaseId":"p-2","points":50,"agreementVersion":1,"accruedAt":null}],"agreementVersion":2,"occurredAt":"2026-03-01T10:00:00+00:00","recordedAt":"2026-03-01T10:00:01+00:00","card":"9276000000000001"}
            """;
        var redeemed = JsonSerializer.Deserialize<PointsRedeemed>(approved, Wire)!;
        redeemed.Draws.Sum(d => d.Points).ShouldBe(redeemed.Points);
        JsonSerializer.Serialize(redeemed, Wire).ShouldBe(approved.Trim());
        JsonSerializer.Deserialize<Draw>("""{"issuerId":"33333333-3333-3333-3333-333333333333","purchaseId":"p-1","points":100}""", Wire)
            .ShouldBe(redeemed.Draws[0] with { AgreementVersion = 0, AccruedAt = null });
        JsonSerializer.Deserialize<PointsRedeemed>(approved.Replace(",\"card\":\"9276000000000001\"", "", StringComparison.Ordinal), Wire)!.Card.ShouldBeNull();
    }

    [Fact]
    public void a_page_says_of_each_event_which_it_is()
    {
        const string approved = """
            {"events":[{"id":"44444444-4444-4444-4444-444444444444","event":{"memberId":"11111111-1111-1111-1111-111111111111","erasedAt":"2026-03-01T10:00:00+00:00"},"traceParent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},{"id":"55555555-5555-5555-5555-555555555555","event":{"memberId":"22222222-2222-2222-2222-222222222222","erasedAt":"2026-03-01T10:00:01+00:00"},"traceParent":null}]}
            """;
        var page = JsonSerializer.Deserialize<Page<CustomerErased>>(approved, Wire)!;
        page.Events.Select(told => told.Id).ShouldBeUnique();
        JsonSerializer.Serialize(page, Wire).ShouldBe(approved.Trim());
        JsonSerializer.Deserialize<Told<CustomerErased>>(
            """{"id":"44444444-4444-4444-4444-444444444444","event":{"memberId":"11111111-1111-1111-1111-111111111111","erasedAt":"2026-03-01T10:00:00+00:00"}}""", Wire)!
            .TraceParent.ShouldBeNull();
    }
}
