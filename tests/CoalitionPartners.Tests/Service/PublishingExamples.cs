using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Schemas;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>What operators are shown must work as it stands.</summary>
[Collection(nameof(TheService))]
public sealed class PublishingExamples(TheService service)
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "offers");

    public static TheoryData<string> Offers =>
        [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(name => name != "programme").Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Offers))]
    public async Task takes_each_offer_as_it_stands(string id)
    {
        foreach (var (code, store) in new[] { ("GROCERY", "MARKET"), ("FUEL", "HARBOUR"), ("PHARMACY", "SQUARE") })
        {
            var partner = new { code, name = code, currency = "EUR", stores = new[] { new { code = store, name = store } } };
            (await service.Post("/v1/partners", partner)).Status.ShouldBe(HttpStatusCode.Created);
        }

        var text = await File.ReadAllTextAsync(Path.Combine(Folder, id + ".json"));
        var reply = await service.PutText($"/v1/offers/{id}", text);
        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
        JsonElement.DeepEquals(reply.Body.GetProperty("offer"), JsonElement.Parse(text)).ShouldBeTrue();
        (await service.PutText($"/v1/offers/{id}", text)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task takes_the_programme_as_it_stands()
    {
        var programme = await File.ReadAllTextAsync(Path.Combine(Folder, "programme.json"));
        var reply = await service.PutText("/v1/programme", $$"""{"effectiveFrom":"{{DateTimeOffset.UtcNow.AddYears(8):O}}","programme":{{programme}}}""");
        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
    }

    [Fact]
    public void explains_every_condition()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        JsonElement.Parse(PublishedSchemas.Offer.Text).GetProperty("$defs").GetProperty("conditions").GetProperty("properties").EnumerateObject()
            .ShouldAllBe(condition => page.Contains($"`{condition.Name}`", StringComparison.Ordinal));
    }
}
