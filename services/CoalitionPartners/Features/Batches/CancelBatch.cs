using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Batches;

internal static class CancelBatch
{
    public static void MapCancelBatch(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/batches/{id:guid}/cancellation", async (Guid id, HttpContext http, BatchRows batches, BatchView view, CancellationToken ct) =>
        {
            http.Partner();
            await view.Owned(http, id, ct);
            return await batches.Cancel(id, ct)
                ? TypedResults.Json(await view.Owned(http, id, ct), statusCode: StatusCodes.Status202Accepted)
                : (IResult)Problem.Of(StatusCodes.Status409Conflict, "batch-sent", "All lines of the batch have been sent. Undo single transactions by reversing them.");
        })
        .RequireScope("ledger.post", "ledger.redeem")
        .Produces<BatchShown>(StatusCodes.Status202Accepted)
        .WithSummary("Cancel a batch")
        .WithDescription("Lines that have not been sent to the ledger are refused as batch-cancelled; those that have been sent are answered as ever. "
            + "409 batch-sent when all of them have been. Asking again changes nothing.");
}
