using System.Net;
using System.Text.Json;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class PublishingSchemas(TheService service)
{
    [Theory, InlineData("offer"), InlineData("programme")]
    public async Task shows_each_to_anybody(string name)
    {
        using var answer = await service.Client.GetAsync($"/v1/schemas/{name}");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/schema+json");
        var schema = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        schema.GetProperty("$schema").GetString().ShouldBe("https://json-schema.org/draft/2020-12/schema");
        schema.GetProperty("$id").GetString().ShouldBe($"urn:loyalty:schema:{name}");
    }
}
