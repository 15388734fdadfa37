using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Features;

/// <param name="Account">The account that was merged.</param>
/// <param name="Into">The account that it leads to.</param>
/// <param name="Points">Points that went over, those included that can't be spent yet.</param>
/// <param name="Debt">Points owed that went over.</param>
internal sealed record MergedAccount(Guid Account, Guid Into, long Points, long Debt);

/// <param name="Account">The account whose cards lead to it again.</param>
/// <param name="From">The account that it had been merged into.</param>
/// <param name="Points">Points that went back.</param>
/// <param name="Debt">Points owed that went back.</param>
internal sealed record SeparatedAccount(Guid Account, Guid From, long Points, long Debt);

/// <summary>What merges and pools have in common: two accounts, and where cards and transactions lead, are changed together.</summary>
internal sealed class AccountMerging(Session session, MergeRows rows, RuleBook rules, TimeProvider clock)
{
    public async Task<Outcome<MergedAccount>> Merge(Guid source, Guid target, string kind, CancellationToken ct)
    {
        var (now, programme) = (clock.GetUtcNow(), await rules.Programme());
        var (sourceId, targetId) = (AccountId.From(source), AccountId.From(target));
        var accounts = await session.Accounts(programme, now, ct, sourceId, targetId);
        var (from, into) = (accounts(sourceId), accounts(targetId));
        if (!from.State.Opened || !into.State.Opened) return new Outcome<MergedAccount>.Refused(Refusals.UnknownAccount, Remember: false);
        if (from.State.MergedInto is { } merge && merge.Into == targetId && merge.Kind == kind)
            return await rows.Came(targetId, merge.Id, ct) is { } before ? Answer(before.Points, before.Debt) : Answer(Points.Zero, Points.Zero);

        var decision = from.State.MergeInto(into.State, Guid.CreateVersion7(now), kind, now);
        if (decision is Decision<IAccountFact>.Refused { Refusal: var refusal }) return refusal;
        var sending = ((Decision<IAccountFact>.Accepted)decision).Events;
        var sent = sending.OfType<PointsSent>().Single();
        if (into.State.Absorb(from.State, sent) is not Decision<IAccountFact>.Accepted { Events: var absorbing }) return Refusals.AccountClosed;
        session.Append(from, sending);
        session.Append(into, absorbing);
        foreach (var row in MergeRows.Lead(sending.OfType<AccountMerged>().Single(), sourceId)) session.Enlist(row);
        return Answer(sent.Points, sent.Debt);

        MergedAccount Answer(Points points, Points debt) => new(source, target, points.Value, debt.Value);
    }

    /// <summary>Undoes a merge: what is left of the points goes back with the cards.</summary>
    public async Task<Outcome<SeparatedAccount>> Undo(Guid source, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var account = await session.FetchForWriting<Account>(source, ct);
        if (!account.State.Opened) return Refusals.UnknownAccount;
        if (account.State.MergedInto is null && await rows.Parted(AccountId.From(source), ct) is { Kind: TransferKind.Merge } parted)
            return await Before(parted, source, ct);
        if (account.State.RefuseUndoing(now) is { } refusal) return refusal;
        var merge = account.State.MergedInto!;
        return await Part(source, merge.Into, await rows.Came(merge.Into, merge.Id, ct), now, ct);
    }

    /// <summary>Leads an account's cards back to it; its points stay where they are.</summary>
    public async Task<Outcome<SeparatedAccount>> Leave(Guid source, Guid pool, CancellationToken ct)
    {
        var account = await session.FetchForWriting<Account>(source, ct);
        if (!account.State.Opened) return Refusals.UnknownAccount;
        if (account.State.MergedInto is { Kind: TransferKind.Pool } merge && merge.Into.Value == pool)
            return await Part(source, merge.Into, came: null, clock.GetUtcNow(), ct);
        return new SeparatedAccount(source, pool, 0, 0);
    }

    private async Task<Outcome<SeparatedAccount>> Part(Guid source, AccountId target, PointsReceived? came, DateTimeOffset now, CancellationToken ct)
    {
        var sourceId = AccountId.From(source);
        var accounts = await session.Accounts(await rules.Programme(), now, ct, sourceId, target);
        var (to, from) = (accounts(sourceId), accounts(target));
        if (from.State.MergedInto is not null) return Refusals.AccountMerged;
        if (from.State.LetGo(to.State, came, now) is not Decision<IAccountFact>.Accepted { Events: var lettingGo }) return Refusals.AccountClosed;
        var sent = lettingGo.OfType<PointsSent>().SingleOrDefault();
        if (to.State.Return(from.State, sent, now) is not Decision<IAccountFact>.Accepted { Events: var returning }) return Refusals.AccountClosed;
        var cards = from.State.Cards.Where(card => card.Value.Of == sourceId).Select(card => card.Key);
        session.Append(from, lettingGo);
        session.Append(to, returning);
        foreach (var row in MergeRows.LeadBack(returning.OfType<AccountSeparated>().Single(), sourceId, cards)) session.Enlist(row);
        return new SeparatedAccount(source, target.Value, sent?.Points.Value ?? 0, sent?.Debt.Value ?? 0);
    }

    private async Task<SeparatedAccount> Before(AccountSeparated parted, Guid source, CancellationToken ct)
    {
        var back = await rows.Came(AccountId.From(source), parted.Merge, ct);
        return new(source, parted.From.Value, back?.Points.Value ?? 0, back?.Debt.Value ?? 0);
    }
}
