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
    public async Task with_an_unknown_partner_finds_nobody() =>
        (await service.Post($"/v1/partners/{Guid.NewGuid()}/agreements", new { effectiveFrom = "2017-01-01T00:00:00Z", pointsPerUnit = 1, issuePrice = 0.01, redeemPrice = 0.008 }))
            .Status.ShouldBe(HttpStatusCode.NotFound);
}
