using Loyalty.EventStore;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="TransactionId">The partner's id.</param>
/// <param name="Kind">purchase, return, redemption, reservation, capture, release, reversal; or voided: reversed before it came.</param>
/// <param name="Original">The transaction it returns, captures, releases or reverses.</param>
/// <param name="Account">The account; null while a reversal is kept.</param>
/// <param name="Line">The fact it became; null while a reversal is kept.</param>
internal sealed record PostedTransaction(string TransactionId, string Kind, string? Original, Guid? Account, HistoryLine? Line);

internal static class GetTransactionEndpoint
{
    public static void MapGetTransaction(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/transactions/{id}", async (string id, HttpContext http, TransactionRows transactions, DocumentStore store, CancellationToken ct) =>
        {
            if (await transactions.Find(new(http.Partner(), TransactionRequests.InAddress(id)), ct) is not { Refused: false } row) return Problem.NotFound();
            var line = row is { Account: { } account, Version: { } version }
                ? HistoryLine.Of((await store.FetchStream(account.Value, version - 1, version, ct: ct))[0])
                : null;
            return Results.Ok(new PostedTransaction(row.Key.Id.Value, row.Kind, row.Original?.Value, row.Account?.Value, line));
        })
        .RequireScope("ledger.post", "ledger.redeem", "ledger.read")
        .WithSummary("Look up a transaction of yours")
        .WithDescription("Finds what became of a transaction by its id. Ids of other partners look the same as ids that nobody has used.")
        .Produces<PostedTransaction>();
}
