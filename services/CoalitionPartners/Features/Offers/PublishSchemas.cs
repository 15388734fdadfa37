using Loyalty.CoalitionPartners.Schemas;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal static class PublishSchemas
{
    private const string MediaType = "application/schema+json";

    public static void MapPublishSchemas(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/schemas/offer", () => TypedResults.Text(PublishedSchemas.Offer.Text, MediaType))
            .AllowAnonymous()
            .WithSummary("Schema of an offer")
            .WithDescription("The JSON Schema (draft 2020-12) that offers are written after. What it can't say, such as shares that add up to 100, publishing checks.");
        app.MapGet("/v1/schemas/programme", () => TypedResults.Text(PublishedSchemas.Programme.Text, MediaType))
            .AllowAnonymous()
            .WithSummary("Schema of the programme")
            .WithDescription("The JSON Schema (draft 2020-12) that the programme is written after. What it can't say, such as ascending tiers, publishing checks.");
    }
}
