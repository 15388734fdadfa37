using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Description(TinyService service) : IClassFixture<TinyService>
{
    [Fact]
    public async Task values_are_described_as_they_are_written()
    {
        var posting = (await Document())["components"]!["schemas"]!["TinyServicePosting"]!["properties"]!;
        posting["points"]!["type"]!.GetValue<string>().ShouldBe("number");
        var price = (await Document())["components"]!["schemas"]!;
        price["Money"]!["properties"]!["amount"]!["type"]!.GetValue<string>().ShouldBe("number");
        price["TinyServicePrice"]!["properties"]!["pointsDue"]!["type"]!.ToJsonString().ShouldBe("[\"null\",\"integer\"]");
        (await service.Client.GetStringAsync(new Uri("/v1/price", UriKind.Relative))).ShouldBe("""{"amount":{"amount":12.34,"currency":"EUR"},"pointsDue":null}""");
    }

    [Fact]
    public async Task an_operation_names_its_scopes_its_problems_and_its_key()
    {
        var keyed = (await Document())["paths"]!["/v1/keyed"]!["post"]!;
        keyed["security"]!.ToJsonString().ShouldBe("""[{"token":["things.make"]}]""");
        keyed["responses"]!["422"]!["content"]!["application/problem+json"]!["schema"]!["$ref"]!.GetValue<string>().ShouldBe("#/components/schemas/Problem");
        keyed["parameters"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("Idempotency-Key");
    }

    private async Task<JsonNode> Document() => JsonNode.Parse(await service.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;
}
