using System.Net;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class AgreeingOverHttp(TheService service)
{
    [Fact]
    public async Task answers_the_same_version_to_the_same_terms_however_numbers_are_written()
    {
        var (id, _) = await service.Admit();
        var path = $"/v1/partners/{id}/agreements";
        var first = await service.PostText(path, """{"effectiveFrom":"2030-01-01T00:00:00Z","pointsPerUnit":2,"issuePrice":0.0100,"redeemPrice":0.008}""");
        var again = await service.PostText(path, """{"effectiveFrom":"2030-01-01T01:00:00+01:00","pointsPerUnit":2.0,"issuePrice":0.01,"redeemPrice":0.008}""");

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        first.Body.GetProperty("version").GetInt32().ShouldBe(2);
        again.Text.ShouldBe(first.Text);
        (await service.Get($"/v1/partners/{id}")).Body.GetProperty("agreements").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task refuses_later_terms_in_the_past()
    {
        var (id, _) = await service.Admit();
        var reply = await service.Post($"/v1/partners/{id}/agreements", new { effectiveFrom = "2020-01-01T00:00:00Z", pointsPerUnit = 2, issuePrice = 0.01, redeemPrice = 0.008 });
        reply.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        reply.Problem.ShouldBe("agreement-backdated");
    }

    [Theory]
    [InlineData("\"pointsPerUnit\":\"1\"", 400)]
    [InlineData("\"pointsPerUnit\":1e2", 400)]
    [InlineData("\"pointsPerUnit\":NaN", 400)]
    [InlineData("\"pointsPerUnit\":01", 400)]
    [InlineData("\"pointsPerUnit\":-1", 422)]
    [InlineData("\"pointsPerUnit\":-0", 422)]
    [InlineData("\"pointsPerUnit\":1e-30", 422)]
    [InlineData("\"pointsPerUnit\":10001", 422)]
    [InlineData("\"issuePrice\":-0.01", 422)]
    [InlineData("\"issuePrice\":0.0000001", 422)]
    [InlineData("\"redeemPrice\":1000.1", 422)]
    [InlineData("\"redeemPrice\":0.00000000000000000000000000001", 422)]
    [InlineData("\"effectiveFrom\":\"2017-01-01T00:00:00\"", 400)]
    [InlineData("\"effectiveFrom\":\"2017-02-30T00:00:00Z\"", 400)]
    [InlineData("\"effectiveFrom\":\"1917-01-01T00:00:00Z\"", 422)]
    [InlineData("\"effectiveFrom\":\"2117-01-01T00:00:00Z\"", 422)]
    public async Task refuses_terms_nobody_can_mean(string wrong, int status)
    {
        var code = "T" + Guid.NewGuid().ToString("N").ToUpperInvariant()[..12];
        var partner = await service.Post("/v1/partners", new { code, name = code, currency = "EUR", stores = Array.Empty<object>() });
        var members = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["effectiveFrom"] = "\"2017-01-01T00:00:00Z\"", ["pointsPerUnit"] = "1", ["issuePrice"] = "0.01", ["redeemPrice"] = "0.008",
        };
        var (name, value) = (wrong.Split(':', 2)[0].Trim('"'), wrong.Split(':', 2)[1]);
        members[name] = value;
        var reply = await service.PostText(
            $"/v1/partners/{partner.Body.GetProperty("partnerId").GetGuid()}/agreements",
            "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}");
        ((int)reply.Status).ShouldBe(status, reply.Text);
    }

    [Fact]
    public async Task answers_what_was_agreed_beyond_prices_and_does_it_once()
    {
        var (id, _) = await service.Admit();
        const string commercial =
            """
            {"funding":{"kind":"prepaid","block":{"points":100000,"price":0.0090,"alertBelow":10000,"replenish":true,"whenEmpty":"refuse"}},
             "storePrices":[{"group":"airports","stores":["S1"],"issuePrice":0.012}],"feePerTransaction":0.02,"feePerCycle":50,"minimumPerCycle":100.00,
             "breakage":"issuer","vat":{"rate":20,"label":"VAT 20%"}}
            """;
        var body = $$"""{"effectiveFrom":"{{DateTimeOffset.UtcNow.AddDays(1):O}}","pointsPerUnit":1,"issuePrice":0.01,"redeemPrice":0.008,"commercial":{{commercial}}}""";
        var agreed = await service.PostText($"/v1/partners/{id}/agreements", body);
        var again = await service.PostText($"/v1/partners/{id}/agreements", body);

        agreed.Status.ShouldBe(HttpStatusCode.Created, agreed.Text);
        again.Text.ShouldBe(agreed.Text);
        agreed.Body.GetProperty("version").GetInt32().ShouldBe(2);
        var answered = agreed.Body.GetProperty("commercial");
        answered.GetProperty("funding").GetProperty("block").GetProperty("price").GetDecimal().ShouldBe(0.009m);
        answered.GetProperty("storePrices")[0].GetProperty("issuePrice").GetDecimal().ShouldBe(0.012m);
        answered.GetProperty("minimumPerCycle").GetProperty("amount").GetDecimal().ShouldBe(100);
        answered.GetProperty("breakage").GetString().ShouldBe("issuer");
        (await service.Get($"/v1/partners/{id}")).Body.GetProperty("agreements")[1].GetProperty("commercial").GetRawText().ShouldBe(answered.GetRawText());
    }

    [Theory]
    [InlineData("""{"funding":{"kind":"later"}}""", 400, "malformed-request")]
    [InlineData("""{"funding":{"kind":1}}""", 400, "malformed-request")]
    [InlineData("""{"funding":{}}""", 400, "malformed-request")]
    [InlineData("""{"fees":1}""", 400, "malformed-request")]
    [InlineData("""{"breakage":null}""", 400, "malformed-request")]
    [InlineData("""{"vat":{"rate":"20","label":"VAT"}}""", 400, "malformed-request")]
    [InlineData("""{"funding":{"kind":"split","shareAtIssue":1e400}}""", 400, "malformed-request")]
    [InlineData("""{"feePerCycle":-1}""", 422, "invalid-request")]
    [InlineData("""{"feePerCycle":99999999999999999999999999999999999}""", 422, "invalid-request")]
    [InlineData("""{"vat":{"rate":20,"label":""}}""", 422, "invalid-request")]
    [InlineData("""{"storePrices":[{"group":"a","stores":["no such store"]}]}""", 422, "invalid-request")]
    [InlineData("""{"funding":{"kind":"prepaid","block":{"points":0.5,"alertBelow":1,"replenish":false,"whenEmpty":"refuse"}}}""", 422, "invalid-request")]
    [InlineData("""{"funding":{"kind":"prepaid","block":{"points":99999999999999999999,"alertBelow":1,"replenish":false,"whenEmpty":"refuse"}}}""", 400, "malformed-request")]
    [InlineData("""{"feePerCycle":0.005}""", 422, "fee-not-allowed")]
    [InlineData("""{"funding":{"kind":"split"}}""", 422, "funding-not-allowed")]
    [InlineData("""{"funding":{"kind":"split","shareAtIssue":2}}""", 422, "funding-not-allowed")]
    [InlineData("""{"storePrices":[{"group":"a","stores":["S9"],"issuePrice":1}]}""", 422, "store-price-not-allowed")]
    [InlineData("""{"storePrices":[null]}""", 400, "malformed-request")]
    [InlineData("""{"vat":{"rate":101,"label":"VAT"}}""", 422, "vat-not-allowed")]
    public async Task refuses_conditions_nobody_can_mean(string commercial, int status, string problem)
    {
        var (id, _) = await service.Admit();
        var from = DateTimeOffset.UtcNow.AddDays(1).ToString("O");
        var reply = await service.PostText(
            $"/v1/partners/{id}/agreements", $$"""{"effectiveFrom":"{{from}}","pointsPerUnit":1,"issuePrice":0.01,"redeemPrice":0.008,"commercial":{{commercial}}}""");
        ((int)reply.Status, reply.Problem).ShouldBe((status, problem), reply.Text);
    }

    [Fact]
    public async Task with_an_unknown_partner_finds_nobody() =>
        (await service.Post($"/v1/partners/{Guid.NewGuid()}/agreements", new { effectiveFrom = "2017-01-01T00:00:00Z", pointsPerUnit = 1, issuePrice = 0.01, redeemPrice = 0.008 }))
            .Status.ShouldBe(HttpStatusCode.NotFound);
}
