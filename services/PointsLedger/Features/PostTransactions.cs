using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// Many transactions in one request: one JSON object per line (NDJSON), posted in the order in which they are sent and answered line
/// by line in that order, while the request is still being sent. Every line is a posting of its own; none fails another.
/// </summary>
internal static class PostTransactionsEndpoint
{
    public const string MediaType = "application/x-ndjson";

    // A sender may take its time between two lines, as long as it does not hold the connection for nothing.
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 1, gracePeriod: TimeSpan.FromMinutes(2));

    public static void MapPostTransactions(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/transactions", async (HttpContext http, TransactionExchange exchange) =>
        {
            if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var sent) || !sent.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase))
                return Problem.Of(415, "unsupported-media-type", $"Send one JSON object per line as {MediaType}.");
            var partner = http.Partner();
            if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = Slowest;
            http.Response.ContentType = MediaType;
            await exchange.Run(http.Request.BodyReader, http.Response.BodyWriter, new Sender(partner, http.Caller()), http.RequestAborted);
            return Results.Empty;
        })
        .RequireScope("ledger.post", "ledger.redeem")
        .WithMetadata(new DisableRequestSizeLimitAttribute())
        .WithSummary("Post many transactions")
        .WithDescription(
            "Takes one JSON object per line: " +
            "{\"type\":\"purchase\",\"transactionId\",\"card\",\"store\",\"amount\",\"currency\",\"occurredAt\"}, " +
            "{\"type\":\"redemption\",\"transactionId\",\"card\",\"store\",\"points\",\"occurredAt\"} or " +
            "{\"type\":\"return\",\"transactionId\",\"purchase\",\"amount\",\"currency\",\"occurredAt\"}. Answers one line per line, in order: " +
            "{\"line\",\"transactionId\",\"status\"} with \"answer\" or \"problem\" as the single request would have had. Each line takes effect " +
            "once and by itself; only an outage ends the request: the line it befalls and all behind it are answered 503. Read the answers while you send: only so many lines wait unanswered. Blank lines are passed over.")
        .Produces<string>(StatusCodes.Status200OK, MediaType);
}
