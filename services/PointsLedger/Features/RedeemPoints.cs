using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member spends points at a partner, in one step.</summary>
internal sealed record RedeemPoints(
    PartnerId Partner, TransactionId TransactionId, string Card, string Store, ExactNumber Points, DateTimeOffset OccurredAt)
    : IPosting<PointsSpent>, ITransactionCommand
{
    /// <summary>The till; null where it doesn't tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Terminal { get; init; }

    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Redemption;

    CardAtStore? ITransactionCommand.Presented => new(Card, Store, Terminal);

    Refusal ITransactionCommand.WhenVoided => Refusals.RedemptionReversed;

    Verdict<PointsSpent> IPosting<PointsSpent>.Decide(Transaction transaction, Books books)
    {
        var till = books.Till!;
        if (till.Lacks is { } lacking) return lacking.ForNow<PointsSpent>();
        var agreement = till.Terms!.AgreementVersion;
        return books.Account.State.Redeem(transaction, Store, till.CardNumber!, Points.ToPoints(), agreement, till.Rules, Terminal).Answer((facts, after) =>
        {
            var redeemed = facts.OfType<PointsRedeemed>().Single();
            return new PointsSpent(
                transaction.Id.Value, after.Id, redeemed.Points.Value, SpentLot.Of(redeemed.Draws),
                after.State.Balance(transaction.RecordedAt).Value, after.Version, agreement, transaction.Late)
            {
                Flags = redeemed.Limits.Flags(),
            };
        });
    }
}

/// <param name="TransactionId">The partner's id of the redemption.</param>
/// <param name="Account">The account.</param>
/// <param name="Points">Points spent.</param>
/// <param name="Draws">Whose points they were.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the redemption.</param>
/// <param name="AgreementVersion">The partner's agreement that prices it.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record PointsSpent(
    string TransactionId, Guid Account, long Points, IReadOnlyList<SpentLot> Draws, long Balance, long Version, int AgreementVersion, bool Late)
{
    /// <summary>Ids of the limits it went beyond, so that somebody will look at it; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Flags { get; init; }
}

/// <param name="Issuer">The partner that funded the points. Its own transaction ids are nobody else's business.</param>
/// <param name="Points">How many.</param>
internal sealed record SpentLot(Guid Issuer, long Points)
{
    public static IReadOnlyList<SpentLot> Of(IEnumerable<Draw> draws) => [.. draws.Select(d => new SpentLot(d.From.Issuer.Value, d.Points.Value))];
}

internal sealed class RedeemPointsRules : AbstractValidator<RedeemPoints>
{
    public RedeemPointsRules()
    {
        RuleFor(c => c.Card).MustBeCard();
        RuleFor(c => c.Store).MustBeStore();
        RuleFor(c => c.Points).MustBePoints();
        RuleFor(c => c.Terminal).MustBeTerminal();
    }
}

internal static class RedeemPointsEndpoint
{
    private sealed record RedemptionRequest(string Card, string Store, ExactNumber Points, DateTimeOffset OccurredAt, TransactionId? TransactionId = null, string? Terminal = null);

    public static void MapRedeemPoints(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/redemptions", (RedemptionRequest body, HttpContext http) =>
                http.PostWithCard<RedeemPoints, PointsSpent>(Asked(body, http), answer => TransactionRequests.Address(answer.TransactionId)))
            .RequireScope("ledger.redeem")
            .WithIdempotencyKey(required: false)
            .WithSummary("Redeem points in one step")
            .WithDescription("Spends points of the earliest expiry first. The answer says which partners had issued them.")
            .Produces<PointsSpent>(StatusCodes.Status201Created);

        app.MapPost("/v1/redemptions/simulate", (RedemptionRequest body, HttpContext http) => http.Simulate<RedeemPoints, PointsSpent>(Asked(body, http)))
            .RequireScope("ledger.redeem")
            .DescribesDryRun<PointsSpent>("Simulate a redemption", "/v1/redemptions");
    }

    private static RedeemPoints Asked(RedemptionRequest body, HttpContext http) =>
        new(http.Partner(), http.RequestId(body.TransactionId), body.Card, body.Store, body.Points, body.OccurredAt.ToUniversalTime())
        {
            Terminal = body.Terminal,
            MayBackdate = http.MayBackdate(),
        };
}
