using System.Text.Json.Serialization;
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
using Npgsql;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// A member spends points on a reward and gets a voucher. It is a redemption like any other, and is recorded and reversed as one, but
/// goes past the lanes: it holds its voucher while it commits, which no batch of other postings should wait for.
/// </summary>
internal sealed record ClaimReward(PartnerId Partner, TransactionId TransactionId, string Reward, string Card, string? Store, DateTimeOffset OccurredAt)
    : ICommand<RewardClaimed>, ITransactionCommand
{
    [JsonIgnore]
    public bool MayBackdate { get; init; }

    string ITransactionCommand.Kind => TransactionKind.Redemption;

    Refusal ITransactionCommand.WhenVoided => Refusals.RedemptionReversed;
}

/// <param name="TransactionId">The partner's id of the claim.</param>
/// <param name="Account">The account.</param>
/// <param name="Reward">The reward.</param>
/// <param name="Voucher">The code that the reward is handed out for.</param>
/// <param name="ExpiresAt">The first instant at which the voucher is worth nothing; null for never.</param>
/// <param name="Points">Points spent.</param>
/// <param name="Draws">Whose points they were.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Version">Version of the account after the claim.</param>
/// <param name="AgreementVersion">The agreement, of whoever delivers the reward, that prices it.</param>
/// <param name="Late">Whether it came later than usual.</param>
internal sealed record RewardClaimed(
    string TransactionId, Guid Account, string Reward, string Voucher, DateTimeOffset? ExpiresAt, long Points, IReadOnlyList<SpentLot> Draws, long Balance,
    long Version, int AgreementVersion, bool Late);

internal sealed class ClaimRewardRules : AbstractValidator<ClaimReward>
{
    public ClaimRewardRules()
    {
        RuleFor(c => c.Card).MustBeCard();
        RuleFor(c => c.Store!).MustBeStore().When(c => c.Store is not null);
    }
}

internal sealed class ClaimRewardHandler(
    DocumentStore store, CurrentOrigin caller, TransactionRows transactions, VoucherRows vouchers, TillBook tills, RuleBook rules, LedgerTime time, PostingLanes lanes)
    : IRequestHandler<ClaimReward, Outcome<RewardClaimed>>
{
    // Each holds a connection of its own; when everybody wants the last voucher, the lanes must not go short of them.
    private static readonly SemaphoreSlim AtOnce = new(8);

    // One attempt. Whoever loses a race, for the account or for the id, decides again in the pipeline.
    public async Task<Outcome<RewardClaimed>> Handle(ClaimReward request, CancellationToken cancellationToken)
    {
        var hash = RecordedOutcomes.HashOf(request);
        if (await transactions.Find(new(request.Partner, request.TransactionId), cancellationToken) is { } recorded)
            return RecordedOutcomes.Replay<RewardClaimed>(request, hash, recorded);
        if (await store.Load<Reward>(Reward.StreamOf(request.Reward), cancellationToken) is not { State: var reward }) return RewardRefusals.Unknown.ForNow<RewardClaimed>();
        if (time.Judge(request, out var transaction) is { } outOfTime) return outOfTime.ForNow<RewardClaimed>();
        var till = await tills.FindForClaim(request.Partner, request.Card, request.Store, reward.Partner, request.OccurredAt, cancellationToken);
        if (till.Account is { } led && await store.Load<Account>(led.Value, cancellationToken) is { State: { Closed: false } state } && !state.Serves(till.CardNumber!))
        {
            // Accounts have been merged or parted since the card was looked up.
            tills.ForgetCard(request.Card);
            till = await tills.FindForClaim(request.Partner, request.Card, request.Store, reward.Partner, request.OccurredAt, cancellationToken);
        }

        if (till.Lacks is { } lacking) return lacking.ForNow<RewardClaimed>();

        await AtOnce.WaitAsync(cancellationToken);
        try
        {
            return await Claim(request, hash, transaction, reward, till, cancellationToken);
        }
        finally
        {
            AtOnce.Release();
            lanes.Forget([till.Account!.Value]);
        }
    }

    private async Task<Outcome<RewardClaimed>> Claim(
        ClaimReward request, byte[] hash, Transaction transaction, Reward reward, Till till, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var commit = await connection.BeginTransactionAsync(ct);
        await using var session = store.OpenSession(caller.Origin, commit);
        var stored = await session.FetchForWriting<Account>(till.Account!.Value.Value, ct);
        var lapsed = stored.State.Lapse(transaction.RecordedAt, await rules.Programme());
        var account = stored with { State = stored.State.Fold(lapsed) };

        var refusal = reward.RefuseClaim(await vouchers.Claimed(till.Account.Value, reward.Id, ct), transaction.RecordedAt);
        var taken = refusal is null ? await Take(reward, commit, ct) : null;
        Decision<IAccountFact> decision = refusal is not null ? refusal : taken is null ? RewardRefusals.OutOfStock : account.State.Claim(
            transaction, request.Store ?? "", till.CardNumber!, new(reward.Id, reward.Version, taken.Value.Id, reward.Partner), reward.Terms!.Cost,
            till.Terms!.AgreementVersion, till.Rules);

        Outcome<RewardClaimed> outcome;
        var version = (long?)null;
        if (decision is Decision<IAccountFact>.Accepted { Events: var facts })
        {
            stored = session.Append(stored, lapsed, LaneBatch.Ledger);
            version = stored.Version + 1;
            var after = session.Append(stored, facts);
            session.Enlist(VoucherRows.HandOut(reward, taken!.Value, till.Account.Value, transaction.RecordedAt));
            outcome = Answer(transaction, reward, taken.Value, (PointsRedeemed)facts[0], after);
        }
        else
        {
            outcome = ((Decision<IAccountFact>.Refused)decision).Refusal;
            session.Expect(stored);
        }

        session.Enlist(TransactionRows.Insert([RecordedOutcomes.Row(request, hash, outcome, till.Account, version)!]));
        await session.SaveChanges(ct);
        await commit.CommitAsync(ct);
        return outcome;
    }

    private static async Task<FreeVoucher?> Take(Reward reward, NpgsqlTransaction commit, CancellationToken ct) =>
        reward.Supply == RewardSupply.Unlimited ? VoucherRows.Fresh() : await VoucherRows.Take(commit, reward.Id, ct);

    private static RewardClaimed Answer(Transaction transaction, Reward reward, FreeVoucher voucher, PointsRedeemed redeemed, EventStream<Account> after) => new(
        transaction.Id.Value, after.Id, reward.Id, voucher.Code, reward.Terms!.VoucherExpiry(transaction.RecordedAt), redeemed.Points.Value, SpentLot.Of(redeemed.Draws),
        after.State.Balance(transaction.RecordedAt).Value, after.Version, redeemed.AgreementVersion, transaction.Late);
}

internal static class ClaimRewardEndpoint
{
    private sealed record ClaimRequest(string Card, DateTimeOffset OccurredAt, string? Store = null, TransactionId? TransactionId = null);

    public static void MapClaimReward(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/rewards/{id}/claims", async (string id, ClaimRequest body, HttpContext http, IMediator mediator, FailureThrottle scans, CancellationToken ct) =>
        {
            var client = http.Caller().ClientId;
            if (scans.Refusal(client) is { } tooMany) return tooMany;
            var command = new ClaimReward(http.Partner(), http.RequestId(body.TransactionId), id, body.Card, body.Store, body.OccurredAt.ToUniversalTime())
            {
                MayBackdate = http.MayBackdate(),
            };
            var outcome = await mediator.Send(command, ct);
            return outcome is Outcome<RewardClaimed>.Refused { Refusal: var refusal } && refusal == Refusals.UnknownCard && scans.Failed(client) is { } over
                ? over
                : outcome.ToHttp(answer => TransactionRequests.Address(answer.TransactionId));
        })
        .RequireScope("ledger.redeem")
        .WithIdempotencyKey(required: false)
        .WithSummary("Claim a reward")
        .WithDescription("Spends the reward's cost and hands out one voucher, both or neither. The points are accepted by the partner that delivers the reward, under its "
            + "agreement in force at occurredAt, wherever they are spent. Repeat it with the same transactionId until you have an answer: it takes effect once. Reverse it as any "
            + "redemption, as long as the voucher was not redeemed.")
        .Produces<RewardClaimed>(StatusCodes.Status201Created);
}
