using System.Net;
using System.Text.Json;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class ProgrammingOverHttp(TheService service)
{
    private const string Path = "/v1/programme";

    [Fact]
    public async Task makes_a_version_of_each_programme_and_none_of_a_repeated_one()
    {
        var before = (await Versions()).Count;
        var start = DateTimeOffset.UtcNow.AddYears(1 + before);
        var first = await service.PutText(Path, Request(start, reservationMinutes: 15));
        var again = await service.PutText(Path, Request(start, reservationMinutes: 15));
        var other = await service.PutText(Path, Request(start, reservationMinutes: 20));

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        first.Headers.Location!.ToString().ShouldBe(Path);
        again.Status.ShouldBe(HttpStatusCode.OK, again.Text);
        again.Text.ShouldBe(first.Text);
        other.Status.ShouldBe(HttpStatusCode.Created);
        var versions = (await Versions()).Skip(before).ToList();
        versions.Select(v => v.GetProperty("version").GetInt32()).ShouldBe([before + 1, before + 2]);
        versions.Select(v => v.GetProperty("programme").GetProperty("reservationMinutes").GetInt32()).ShouldBe([15, 20]);
    }

    [Fact]
    public async Task never_alters_what_is_past_once_there_is_a_programme()
    {
        await service.PutText(Path, Request(DateTimeOffset.UtcNow.AddYears(9), 7));
        (await service.PutText(Path, Request(DateTimeOffset.UtcNow.AddYears(-5), 8))).Problem.ShouldBe("programme-backdated");
    }

    [Fact]
    public async Task names_every_fault_by_its_path()
    {
        var reply = await service.PutText(Path, """
            {"effectiveFrom":"2030-01-01T00:00:00Z","programme":{"timeZone":"Mars/Base","rounding":"down","expiry":{"kind":"rolling"},"debt":"debt","reservationMinutes":15}}
            """);
        reply.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Body.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe(["programme.timeZone", "programme.expiry.months"]);
    }

    [Theory]
    [InlineData("""{"effectiveFrom":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"effectiveFrom":"2030-01-01T00:00:00Z","programme":null}""")]
    [InlineData("""{"effectiveFrom":"2030-01-01","programme":{}}""")]
    [InlineData("""{"effectiveFrom":"2030-01-01T00:00:00Z","programme":{},"version":1}""")]
    [InlineData("""{"effectiveFrom":"2030-01-01T00:00:00Z","programme":{"timeZone":"Etc/UTC","rounding":"down","expiry":{"kind":"never"},"debt":"cap","reservationMinutes":1e400}}""")]
    public async Task refuses_what_is_no_programme(string body)
    {
        var reply = await service.PutText(Path, body);
        reply.Status.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
    }

    [Fact]
    public async Task is_for_operators_only()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, "ledger.post", "settlement.read");
        (await service.PutText(Path, Request(DateTimeOffset.UtcNow.AddYears(2), 9), token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get(Path, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<IReadOnlyList<JsonElement>> Versions() => [.. (await service.Get(Path)).Body.GetProperty("versions").EnumerateArray()];

    private static string Request(DateTimeOffset effectiveFrom, int reservationMinutes) => JsonSerializer.Serialize(new
    {
        effectiveFrom,
        programme = new { timeZone = "Europe/Vienna", rounding = "down", expiry = new { kind = "rolling", months = 36 }, debt = "debt", reservationMinutes },
    });
}
