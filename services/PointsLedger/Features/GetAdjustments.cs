using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

internal static class GetAdjustmentsEndpoint
{
    public static void MapGetAdjustments(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/adjustments", async (string? status, [AsParameters] PageRequest page, AdjustmentsReader adjustments, CancellationToken ct) =>
            {
                if (status is not null && !AdjustmentLine.Statuses.Contains(status))
                    throw new ProblemException($"'status' is one of {string.Join(", ", AdjustmentLine.Statuses)}.");
                var lines = await adjustments.Read(status, page.After(start: 0L), page.Size + 1, ct);
                var answer = Page.Of(lines, page, line => line.Place);
                return Results.Ok(new Page<AdjustmentLine>([.. answer.Items.Select(item => item.Line)], answer.Next));
            })
            .RequireScope("ledger.adjust", "ledger.approve")
            .WithSummary("Adjustments")
            .WithDescription("In the order in which they were proposed; with status=proposed those that wait for a second operator. Follows the ledger by a moment.")
            .Produces<Page<AdjustmentLine>>();

        app.MapGet("/v1/adjustments/{id:guid}", async (Guid id, DocumentStore store, CancellationToken ct) =>
                await store.Load<Adjustment>(Adjustment.StreamOf(id), ct) is { } adjustment
                    ? Results.Ok(AdjustmentLine.Of(adjustment.State))
                    : AdjustmentRefusals.Unknown.ToHttp())
            .RequireScope("ledger.adjust", "ledger.approve")
            .WithSummary("An adjustment")
            .WithDescription("What is proposed, by whom, and what has become of it.")
            .Produces<AdjustmentLine>();
    }
}
