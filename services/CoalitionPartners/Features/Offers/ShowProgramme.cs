using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal sealed record ShownProgramme(IEnumerable<MadeProgrammeVersion> Versions);

internal static class ShowProgramme
{
    public static void MapShowProgramme(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/programme", async (DocumentStore store, CancellationToken ct) => TypedResults.Ok(
            new ShownProgramme(await store.Load<Programme>(Programme.Stream, ct) is { State: var programme } ? programme.Versions.Select(MadeProgrammeVersion.Of) : [])))
        .RequireScope("offers.manage", "partners.manage")
        .WithSummary("Show the programme")
        .WithDescription("All versions of the programme-wide rules, the first one first; none before the first is published.");
}
