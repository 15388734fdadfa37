using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>The partner that delivers a reward hands it out for its voucher.</summary>
internal sealed record RedeemVoucher(PartnerId Partner, TransactionId TransactionId, string Code, string Store) : ICommand<RedeemedVoucher>, IExactlyOnce
{
    Guid IExactlyOnce.Scope => Partner.Value;

    string IExactlyOnce.Key => TransactionId.Value;
}

/// <param name="TransactionId">The partner's id.</param>
/// <param name="Reward">The reward to hand out.</param>
/// <param name="RedeemedAt">When the voucher was redeemed.</param>
internal sealed record RedeemedVoucher(string TransactionId, string Reward, DateTimeOffset RedeemedAt);

internal sealed class RedeemVoucherRules : AbstractValidator<RedeemVoucher>
{
    public RedeemVoucherRules() => RuleFor(c => c.Store).MustBeStore();
}

internal sealed class RedeemVoucherHandler(Session session, VoucherRows vouchers, TillBook tills, TimeProvider clock) : IRequestHandler<RedeemVoucher, Outcome<RedeemedVoucher>>
{
    public async Task<Outcome<RedeemedVoucher>> Handle(RedeemVoucher request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await tills.Refuse(request.Partner, request.Store, now, cancellationToken) is { } refusal) return refusal.ForNow<RedeemedVoucher>();
        string[] codes = VoucherCode.Read(request.Code) is { } meant && meant != request.Code ? [request.Code, meant] : [request.Code];
        if (await vouchers.Find(request.Partner, codes, cancellationToken) is not { Account: var holder }) return RewardRefusals.UnknownVoucher.ForNow<RedeemedVoucher>();
        var account = await session.FetchForWriting<Account>(holder.Value, cancellationToken);
        // Whatever happens to the voucher from now on moves the account on too, so what is read here still holds when this is saved.
        if (await vouchers.Find(request.Partner, codes, cancellationToken) is not { } voucher || voucher.Account != holder) return RewardRefusals.UnknownVoucher.ForNow<RedeemedVoucher>();

        return session.Append(account, account.State.HandOut(new(request.Partner, request.TransactionId, now, now), request.Store, voucher), _ =>
        {
            session.Enlist(VoucherRows.Redeem(voucher.Id, now));
            return new RedeemedVoucher(request.TransactionId.Value, voucher.Reward, now);
        });
    }
}

internal static class RedeemVoucherEndpoint
{
    private sealed record VoucherRequest(string Store, TransactionId? TransactionId = null);

    public static void MapRedeemVoucher(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/vouchers/{code}/redemption", async (string code, VoucherRequest body, HttpContext http, IMediator mediator, FailureThrottle scans, CancellationToken ct) =>
        {
            var client = http.Caller().ClientId;
            if (scans.Refusal(client) is { } tooMany) return tooMany;
            var outcome = await mediator.Send(new RedeemVoucher(http.Partner(), http.RequestId(body.TransactionId), code, body.Store), ct);
            return outcome is Outcome<RedeemedVoucher>.Refused { Refusal: var refusal } && refusal == RewardRefusals.UnknownVoucher && scans.Failed(client) is { } over
                ? over
                : outcome.ToHttp();
        })
        .RequireScope("ledger.redeem")
        .WithIdempotencyKey(required: false)
        .WithSummary("Redeem a voucher")
        .WithDescription("Hand out the reward for the first answer, and never for a refusal. Only the partner that delivers the reward can redeem its vouchers; those of others look like "
            + "codes that nobody has. Repeat it with the same transactionId until you have an answer: it takes effect once.")
        .Produces<RedeemedVoucher>();
}
