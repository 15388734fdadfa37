using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <param name="Versions">Those that were published; none where cycles are months in UTC.</param>
internal sealed record ShownCalendar(IEnumerable<MadeCalendarVersion> Versions);

internal static class ShowClearingCalendar
{
    public static void MapShowClearingCalendar(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/clearing/calendar", async (DocumentStore store, CancellationToken ct) => TypedResults.Ok(new ShownCalendar(
            (await store.Load<ClearingCalendar>(ClearingCalendar.Stream, ct))?.State.Versions.Select(MadeCalendarVersion.Of) ?? [])))
        .RequireScope("clearing.manage", "settlement.read")
        .WithSummary("Show the clearing calendar")
        .WithDescription("All versions that were published, the first one first, each with the end of a cycle from which it holds. None means months in UTC without days of grace.");
}
