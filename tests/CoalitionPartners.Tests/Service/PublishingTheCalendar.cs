using System.Net;
using System.Text.Json;

namespace Loyalty.CoalitionPartners.Tests.Service;

// A calendar is everybody's, so this class has a service of its own, in which nothing was ever settled.
public sealed class PublishingTheCalendar(TheService service) : IClassFixture<TheService>
{
    private const string Weekly = """{"cadence":"weekly","timeZone":"Europe/Vienna","cutOff":"18:00","graceDays":2}""";

    [Fact]
    public async Task holds_from_the_beginning_and_is_repeated_without_effect()
    {
        var first = await Put(Weekly);
        (first.Status is HttpStatusCode.Created or HttpStatusCode.OK).ShouldBeTrue(first.Text);
        first.Body.GetProperty("from").ValueKind.ShouldBe(JsonValueKind.Null);
        var again = await Put(Weekly);
        (again.Status, again.Text).ShouldBe((HttpStatusCode.OK, first.Text));

        var shown = (await service.Get("/v1/clearing/calendar")).Body.GetProperty("versions").EnumerateArray().ShouldHaveSingleItem();
        (shown.GetProperty("cadence").GetString(), shown.GetProperty("cutOff").GetString()).ShouldBe(("weekly", "18:00"));
        var cycle = (await service.Get("/v1/clearing/cycles/2017-W09")).Body.GetProperty("cycle");
        cycle.GetProperty("from").GetDateTimeOffset().ShouldBe(new(2017, 2, 26, 17, 0, 0, TimeSpan.Zero));
        cycle.GetProperty("due").GetDateTimeOffset().ShouldBe(new(2017, 3, 7, 17, 0, 0, TimeSpan.Zero));
        (await service.Get("/v1/clearing/cycles/2017-03")).Status.ShouldBe(HttpStatusCode.NotFound);
        var runs = (await service.Get("/v1/clearing/cycles")).Body.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        runs.GetProperty("status").GetString().ShouldBe("open");
    }

    [Theory]
    [InlineData("""{"cadence":"yearly","timeZone":"Europe/Vienna"}""", 400)]
    [InlineData("""{"cadence":0,"timeZone":"Europe/Vienna"}""", 400)]
    [InlineData("""{"timeZone":"Europe/Vienna"}""", 400)]
    [InlineData("""{"cadence":"daily","timeZone":"Europe/Vienna","isAdmin":true}""", 400)]
    [InlineData("""{"cadence":"daily","timeZone":"Europe/Atlantis"}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"../../etc/passwd"}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"Etc/UTC","cutOff":"24:00"}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"Etc/UTC","graceDays":32}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"Etc/UTC","graceDays":-1}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"Etc/UTC","effectiveFrom":"2020-01-01T00:00:00Z"}""", 422)]
    [InlineData("""{"cadence":"daily","timeZone":"Etc/UTC","effectiveFrom":"2020-01-01T00:00:00"}""", 400)]
    public async Task refuses_what_is_no_calendar(string body, int status) => ((int)(await Put(body)).Status).ShouldBe(status);

    [Fact]
    public async Task is_for_operators()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, "settlement.read");
        (await service.PutText("/v1/clearing/calendar", Weekly, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get("/v1/clearing/calendar", token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    private Task<Reply> Put(string body) => service.PutText("/v1/clearing/calendar", body);
}
