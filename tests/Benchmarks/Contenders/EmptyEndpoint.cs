using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// (d) Our own host with everything in a request's way, such as authentication, tracing and the strict reading of the body, and an
/// endpoint that then does nothing: what any posting costs before it begins.
/// </summary>
internal static class EmptyEndpoint
{
    private sealed record Purchase(string Card, string Store, ExactNumber Amount, string Currency, DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    private sealed record Redemption(string Card, string Store, ExactNumber Points, DateTimeOffset OccurredAt, TransactionId? TransactionId = null);

    private sealed record Nothing(string TransactionId, Guid Account, long Points, long DebtRepaid, long Balance, long Version, int AgreementVersion, bool Late);

    public static async Task<int> Run(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("empty-endpoint");
        await using var app = builder.Build();
        app.UseServiceDefaults();
        app.MapPost("/v1/purchases", (Purchase body, HttpContext http) => Done(http, body.TransactionId)).RequireScope("ledger.post");
        app.MapPost("/v1/redemptions", (Redemption body, HttpContext http) => Done(http, body.TransactionId)).RequireScope("ledger.redeem");
        await app.RunAsync();
        return 0;
    }

    private static IResult Done(HttpContext http, TransactionId? transaction) =>
        Results.Json(new Nothing(http.RequestId(transaction).Value, Guid.Empty, 25, 0, 25, 3, 1, Late: false), statusCode: 201);
}
