using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class OfferingOverHttp(TheService service)
{
    private readonly string id = "o" + RandomNumberGenerator.GetHexString(12, lowercase: true);

    private string Path => $"/v1/offers/{id}";

    [Fact]
    public async Task makes_a_version_of_each_document_and_none_of_a_repeated_one()
    {
        var first = await service.PutText(Path, Document());
        var again = await service.PutText(Path, $$"""{"give":{"multiplier":2.0},"priority":10,"kind":"bonus","name":"Straße",  "id":"{{id}}"}""");
        var other = await service.PutText(Path, Document(priority: 11));

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        first.Headers.Location!.ToString().ShouldBe(Path);
        first.Body.GetProperty("version").GetInt32().ShouldBe(1);
        again.Status.ShouldBe(HttpStatusCode.OK, again.Text);
        again.Body.GetProperty("version").GetInt32().ShouldBe(1);
        again.Body.GetProperty("publishedAt").GetString().ShouldBe(first.Body.GetProperty("publishedAt").GetString());
        other.Status.ShouldBe(HttpStatusCode.Created);
        other.Body.GetProperty("version").GetInt32().ShouldBe(2);

        var shown = (await service.Get(Path)).Body;
        shown.GetProperty("versions").EnumerateArray().Select(v => v.GetProperty("offer").GetProperty("priority").GetInt32()).ShouldBe([10, 11]);
        shown.GetProperty("versions")[0].GetProperty("offer").GetProperty("name").GetString().ShouldBe("Straße");
    }

    [Fact]
    public async Task a_hundred_times_at_once_makes_one_version()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => service.PutText(Path, Document())));

        replies.Count(r => r.Status == HttpStatusCode.Created).ShouldBe(1);
        replies.Count(r => r.Status == HttpStatusCode.OK).ShouldBe(99);
        replies.Select(r => r.Text).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task withdraws_once_and_publishes_again()
    {
        (await service.PostText(Path + "/withdrawal", "")).Problem.ShouldBe("offer-unknown");
        await service.PutText(Path, Document());

        var withdrawn = await service.PostText(Path + "/withdrawal", "");
        var again = await service.PostText(Path + "/withdrawal", "");
        var back = await service.PutText(Path, Document());

        withdrawn.Status.ShouldBe(HttpStatusCode.OK, withdrawn.Text);
        withdrawn.Body.GetProperty("version").GetInt32().ShouldBe(2);
        withdrawn.Body.GetProperty("withdrawn").GetBoolean().ShouldBeTrue();
        again.Text.ShouldBe(withdrawn.Text);
        back.Status.ShouldBe(HttpStatusCode.Created);
        back.Body.GetProperty("version").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task names_every_fault_by_its_path()
    {
        var reply = await service.PutText(Path, """
            {"id":"another","name":"x","kind":"bonus","priority":1,"give":{"steps":[{"spendFrom":2,"points":1},{"spendFrom":1,"points":2}]},
             "when":{"weekdays":["Mon"]}}
            """);

        reply.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, reply.Text);
        reply.Problem.ShouldBe("invalid-request");
        reply.Body.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal)
            .ShouldBe(["give.steps[1].spendFrom", "id", "when.weekdays[0]"]);
    }

    [Fact]
    public async Task knows_its_partners_and_their_stores()
    {
        var (partner, _) = await service.Admit();
        string With(Guid other, string store) =>
            $$$"""{"id":"{{{id}}}","name":"x","kind":"bonus","priority":1,"give":{"points":1},"when":{"partners":["{{{partner}}}","{{{other}}}"],"stores":["{{{store}}}"]}}""";

        var refused = await service.PutText(Path, With(Guid.NewGuid(), "S9"));
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity, refused.Text);
        refused.Body.GetProperty("errors").EnumerateObject().Select(e => e.Name).ShouldBe(["when.partners[1]", "when.stores[0]"]);
        var (second, _) = await service.Admit();
        (await service.PutText(Path, With(second, "S1"))).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1}}x""", 400)]
    [InlineData("""{"id":"#","id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1,"points":1}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"multiplier":1e400}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1e99999999999999999999,"give":{"points":1}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":9223372036854775808}}""", 422)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":-0}}""", 422)]
    [InlineData("""{"id":"#","name":"a\u0000b","kind":"bonus","priority":1,"give":{"points":1}}""", 400)]
    [InlineData("""{"id":"#","name":"\ud800","kind":"bonus","priority":1,"give":{"points":1}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1},"when":{"partners":[null]}}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1},"from":"9999-12-31T23:59:59-14:00"}""", 400)]
    [InlineData("""{"id":"#","name":"x","kind":"bonus","priority":1,"give":{"points":1},"isAdmin":true}""", 400)]
    public async Task refuses_what_is_no_offer(string body, int status)
    {
        var reply = await service.PutText(Path, body.Replace("#", id, StringComparison.Ordinal));
        ((int)reply.Status).ShouldBe(status, reply.Text);
        (await service.Get(Path)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task takes_what_is_as_large_and_as_long_as_allowed()
    {
        var texts = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{new string('ш', 196)}{i:0000}\""));
        var members = string.Join(',', Enumerable.Range(0, 1000).Select(_ => $"\"{Guid.NewGuid()}\""));
        var reply = await service.PutText(Path, $$$"""
            {"id":"{{{id}}}","name":"x","kind":"bonus","priority":1,"give":{"points":1},"when":{"products":[{{{texts}}}],"members":[{{{members}}}]},
             "from":"0001-01-01T00:00:00Z","until":"9999-12-31T23:59:59.9999999Z"}
            """);

        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
        await Eventually.Holds(async () => (await service.Get("/v1/offers?limit=200")).Body.GetProperty("items").EnumerateArray()
            .Where(o => o.GetProperty("id").GetString() == id).ShouldHaveSingleItem().GetProperty("inForce").GetBoolean().ShouldBeTrue());
    }

    [Fact]
    public async Task is_for_operators_only()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, "ledger.post", "settlement.read");

        (await service.PutText(Path, Document(), token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.PutText(Path, Document(), "")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.PostText(Path + "/withdrawal", "", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get("/v1/offers", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get(Path, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task lists_the_current_version_of_each_page_by_page_and_whether_it_is_in_force()
    {
        await service.PutText(Path + "-a", Document("-a"));
        await service.PutText(Path + "-a", Document("-a", priority: 2));
        await service.PutText(Path + "-b", Document("-b", until: "2020-01-01T00:00:00Z"));
        await service.PutText(Path + "-c", Document("-c"));
        await service.PostText(Path + "-c/withdrawal", "");

        await Eventually.Holds(async () =>
        {
            var seen = new List<JsonElement>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = (await service.Get($"/v1/offers?limit=2{cursor}")).Body;
                seen.AddRange(page.GetProperty("items").EnumerateArray());
                cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
            }

            seen.Select(o => o.GetProperty("id").GetString()!).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
            seen.Where(o => o.GetProperty("id").GetString()!.StartsWith(id, StringComparison.Ordinal))
                .Select(o => (o.GetProperty("version").GetInt32(), o.GetProperty("withdrawn").GetBoolean(), o.GetProperty("inForce").GetBoolean()))
                .ShouldBe([(2, false, true), (1, false, false), (2, true, false)]);
        });
        (await service.Get("/v1/offers?cursor=forged")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private string Document(string suffix = "", int priority = 10, string? until = null) => JsonSerializer.Serialize(
        new Dictionary<string, object?> { ["id"] = id + suffix, ["name"] = "Straße", ["kind"] = "bonus", ["priority"] = priority, ["give"] = new { multiplier = 2 }, ["until"] = until }
            .Where(m => m.Value is not null).ToDictionary());
}
