using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Loyalty.Benchmarks.Contenders;

internal sealed record PurchaseBody(string TransactionId, string Card, string Store, decimal Amount, string Currency, DateTimeOffset OccurredAt);

internal sealed record RedemptionBody(string TransactionId, string Card, string Store, long Points, DateTimeOffset OccurredAt);

internal sealed record PlainAnswer(string TransactionId, Guid Account, long Points, long Balance, long Version, int AgreementVersion, bool Late);

/// <summary>The fact as it is stored: as long as one of Loyalty's.</summary>
internal sealed record PlainEvent(PlainTransaction Transaction, string Store, string Card, long? Cents, string Currency, int AgreementVersion, decimal PointsPerUnit, long Points);

internal sealed record PlainTransaction(Guid Partner, string Id, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, bool Late);

/// <summary>A posting as both plain services see it.</summary>
/// <param name="Points">Earned, or negative where they are spent.</param>
internal sealed record PlainPosting(string TransactionId, string Card, string Store, long? Cents, long Points, DateTimeOffset OccurredAt)
{
    public static readonly Guid Partner = new("6b2ee9ca-0d2c-5b0e-8a44-19f2a9f0a5c1");

    public string EventType => Points >= 0 ? "points-accrued" : "points-redeemed";

    public byte[] Hash() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, PlainJson.Default.PlainPosting));

    public string Event() => JsonSerializer.Serialize(
        new PlainEvent(new(Partner, TransactionId, OccurredAt, DateTimeOffset.UtcNow, Late: false), Store, Card, Cents, "EUR", 1, 1m, Points),
        PlainJson.Default.PlainEvent);

    public PlainAnswer Answer(Guid account, long balance, long version) => new(TransactionId, account, Points, balance, version, 1, Late: false);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PurchaseBody))]
[JsonSerializable(typeof(RedemptionBody))]
[JsonSerializable(typeof(PlainAnswer))]
[JsonSerializable(typeof(PlainEvent))]
[JsonSerializable(typeof(PlainPosting))]
internal sealed partial class PlainJson : JsonSerializerContext;

/// <summary>
/// What the two plain services have in common: a minimal API with source-generated JSON and nothing in its way, neither
/// authentication nor tracing nor logging.
/// </summary>
internal static class PlainService
{
    public static async Task<int> Run(string[] args, Action<WebApplicationBuilder> add, Func<PlainPosting, HttpContext, Task<IResult>> post)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, PlainJson.Default));
        add(builder);
        await using var app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/v1/purchases", (PurchaseBody body, HttpContext http) =>
            post(new(body.TransactionId, body.Card, body.Store, (long)(body.Amount * 100), (long)body.Amount, body.OccurredAt), http));
        app.MapPost("/v1/redemptions", (RedemptionBody body, HttpContext http) =>
            post(new(body.TransactionId, body.Card, body.Store, null, -body.Points, body.OccurredAt), http));
        await app.RunAsync();
        return 0;
    }

    public static IResult Created(PlainAnswer answer) => Results.Json(answer, PlainJson.Default.PlainAnswer, statusCode: 201);

    public static IResult Kept(string answer) => Results.Text(answer, "application/json", statusCode: 201);

    public static IResult Refused(int status) => Results.StatusCode(status);
}
