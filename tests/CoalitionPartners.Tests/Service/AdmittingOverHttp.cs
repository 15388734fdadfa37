using System.Net;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class AdmittingOverHttp(TheService service)
{
    [Fact]
    public async Task answers_the_same_to_the_same_request_and_refuses_another()
    {
        var request = new { code = "SAME-1", name = "Same", currency = "EUR", stores = new[] { new { code = "S1", name = "Straße 1" } } };
        var first = await service.Post("/v1/partners", request);
        var again = await service.PostText("/v1/partners", """{"stores":[{"name":"Straße 1","code":"S1"}],  "currency":"EUR","name":"Same","code":"SAME-1"}""");
        var other = await service.Post("/v1/partners", request with { name = "Other" });

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        first.Headers.Location!.ToString().ShouldBe($"/v1/partners/{first.Body.GetProperty("partnerId").GetGuid()}");
        again.Status.ShouldBe(HttpStatusCode.Created);
        again.Text.ShouldBe(first.Text);
        other.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        other.Problem.ShouldBe("partner-differs");
    }

    [Fact]
    public async Task a_hundred_times_at_once_admits_one()
    {
        var request = new { code = "CROWD", name = "Crowd", currency = "EUR", stores = Array.Empty<object>() };
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => service.Post("/v1/partners", request)));

        replies.ShouldAllBe(r => r.Status == HttpStatusCode.Created);
        replies.Select(r => r.Text).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task takes_a_thousand_stores_and_no_more()
    {
        object Request(int stores) => new
        {
            code = "CHAIN", name = "Chain", currency = "EUR",
            stores = Enumerable.Range(1, stores).Select(i => new { code = $"S{i}", name = new string('ш', 150) + i }),
        };

        (await service.Post("/v1/partners", Request(1001))).Problem.ShouldBe("invalid-request");
        var admitted = await service.Post("/v1/partners", Request(1000));
        admitted.Status.ShouldBe(HttpStatusCode.Created);
        (await service.Get(admitted.Headers.Location!.ToString())).Body.GetProperty("stores").GetArrayLength().ShouldBe(1000);
    }

    [Theory]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[],"isAdmin":true}""", 400)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR"}""", 400)]
    [InlineData("""{"code":"X","name":null,"currency":"EUR","stores":[]}""", 400)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[null]}""", 400)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[]}x""", 400)]
    [InlineData("""{"code":"X","code":"X","name":"X","currency":"EUR","stores":[]}""", 400)]
    [InlineData("""{"code":"X","name":"a\u0000b","currency":"EUR","stores":[]}""", 400)]
    [InlineData("", 400)]
    [InlineData("""{"code":"lower","name":"X","currency":"EUR","stores":[]}""", 422)]
    [InlineData("""{"code":"A.B","name":"X","currency":"EUR","stores":[]}""", 422)]
    [InlineData("""{"code":"","name":"X","currency":"EUR","stores":[]}""", 422)]
    [InlineData("""{"code":"X","name":" X","currency":"EUR","stores":[]}""", 422)]
    [InlineData("""{"code":"X","name":"a\nb","currency":"EUR","stores":[]}""", 422)]
    [InlineData("""{"code":"X","name":"X","currency":"eur","stores":[]}""", 422)]
    [InlineData("""{"code":"X","name":"X","currency":"XXX","stores":[]}""", 422)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[{"code":"S 1","name":"One"}]}""", 422)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[{"code":"S1","name":"One","timeZone":"Mars/Base"}]}""", 422)]
    [InlineData("""{"code":"X","name":"X","currency":"EUR","stores":[{"code":"S1","name":"a"},{"code":"S1","name":"b"}]}""", 422)]
    public async Task refuses_what_is_no_partner(string body, int status)
    {
        var reply = await service.PostText("/v1/partners", body);
        ((int)reply.Status).ShouldBe(status, reply.Text);
    }

    [Fact]
    public async Task is_for_operators_only()
    {
        var (id, _) = await service.Admit();
        var token = await service.PartnerToken(id, "ledger.post", "settlement.read");
        var request = new { code = "MINE", name = "Mine", currency = "EUR", stores = Array.Empty<object>() };

        (await service.Post("/v1/partners", request, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Post("/v1/partners", request, "")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task appears_in_the_list_page_by_page()
    {
        var codes = new List<string>();
        for (var i = 0; i < 3; i++)
            codes.Add((await service.Admit()).Code);

        await Eventually.Holds(async () =>
        {
            var seen = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = (await service.Get($"/v1/partners?limit=2{cursor}")).Body;
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("code").GetString()!));
                cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
            }

            seen.ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
            seen.ShouldBeUnique();
            codes.ShouldBeSubsetOf(seen);
        });
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=1000000000")]
    [InlineData("cursor=forged")]
    public async Task lists_no_forged_pages(string query) => (await service.Get("/v1/partners?" + query)).Status.ShouldBe(HttpStatusCode.BadRequest);

    [Fact]
    public async Task shows_a_partner_to_operators_and_to_itself_only()
    {
        var (id, code) = await service.Admit();
        var (other, _) = await service.Admit();
        var token = await service.PartnerToken(id, "settlement.read");

        (await service.Get($"/v1/partners/{id}", token)).Body.GetProperty("code").GetString().ShouldBe(code);
        var foreign = await service.Get($"/v1/partners/{other}", token);
        var absent = await service.Get($"/v1/partners/{Guid.NewGuid()}", token);
        foreign.Status.ShouldBe(HttpStatusCode.NotFound);
        absent.Text.ShouldBe(foreign.Text);
        await Eventually.Holds(async () => (await service.Get("/v1/partners", token)).Body.GetProperty("items").EnumerateArray()
            .Select(p => p.GetProperty("partnerId").GetGuid()).ShouldHaveSingleItem().ShouldBe(id));
        (await service.Get("/v1/partners/not-a-guid")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task takes_stores_with_a_time_zone_of_their_own()
    {
        var (id, _) = await service.Admit();
        var path = $"/v1/partners/{id}/stores";
        var opened = await service.Post(path, new { code = "LON", name = "London", timeZone = "Europe/London" });
        opened.Status.ShouldBe(HttpStatusCode.Created, opened.Text);
        opened.Body.GetProperty("timeZone").GetString().ShouldBe("Europe/London");
        (await service.Post(path, new { code = "LON", name = "London", timeZone = "Europe/London" })).Status.ShouldBe(HttpStatusCode.Created);
        (await service.Post(path, new { code = "LON", name = "London" })).Problem.ShouldBe("store-code-taken");
        (await service.Post(path, new { code = "PAR", name = "Paris", timeZone = "europe/paris" })).Problem.ShouldBe("invalid-request");
        var shown = (await service.Get($"/v1/partners/{id}")).Body.GetProperty("stores");
        shown.EnumerateArray().Select(s => s.TryGetProperty("timeZone", out var zone) ? zone.GetString() : null).ShouldBe([null, "Europe/London"]);
    }

    [Fact]
    public async Task goes_on_without_stores_that_are_closed()
    {
        var (id, _) = await service.Admit();
        var (path, midnight) = ($"/v1/partners/{id}/stores/S1/closing", new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddDays(2), TimeSpan.Zero));
        var closed = await service.Post(path, new { effectiveFrom = midnight });
        closed.Status.ShouldBe(HttpStatusCode.OK, closed.Text);
        (await service.Post(path, new { effectiveFrom = midnight })).Text.ShouldBe(closed.Text);
        (await service.Post(path, new { })).Text.ShouldBe(closed.Text);

        var later = await service.Post(path, new { effectiveFrom = midnight.AddDays(1) });
        (later.Status, later.Problem).ShouldBe((HttpStatusCode.Conflict, "store-closed"));
        (await service.Post($"/v1/partners/{id}/stores/S2/closing", new { })).Problem.ShouldBe("store-unknown");
        (await service.Post($"/v1/partners/{Guid.NewGuid()}/stores/S1/closing", new { })).Problem.ShouldBe("partner-unknown");
        (await service.Post($"/v1/partners/{id}/stores", new { code = "S2", name = "Two" })).Status.ShouldBe(HttpStatusCode.Created);
        (await service.Post($"/v1/partners/{id}/stores/S2/closing", new { effectiveFrom = midnight.AddYears(-1) })).Problem.ShouldBe("closing-backdated");
        (await service.Post($"/v1/partners/{id}/stores/S2/closing", new { }, await service.PartnerToken(id, "settlement.read"))).Status.ShouldBe(HttpStatusCode.Forbidden);

        var shown = (await service.Get($"/v1/partners/{id}")).Body.GetProperty("stores").EnumerateArray().ToList();
        shown[0].GetProperty("closedFrom").GetDateTimeOffset().ShouldBe(midnight);
        shown[1].TryGetProperty("closedFrom", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task goes_on_with_more_stores()
    {
        var (id, _) = await service.Admit();
        var path = $"/v1/partners/{id}/stores";
        (await service.Post(path, new { code = "S2", name = "Two" })).Status.ShouldBe(HttpStatusCode.Created);
        (await service.Post(path, new { code = "S2", name = "Two" })).Status.ShouldBe(HttpStatusCode.Created);
        (await service.Post(path, new { code = "S2", name = "Other" })).Problem.ShouldBe("store-code-taken");
        (await service.Post($"/v1/partners/{Guid.NewGuid()}/stores", new { code = "S2", name = "Two" })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get($"/v1/partners/{id}")).Body.GetProperty("stores").GetArrayLength().ShouldBe(2);
    }
}
