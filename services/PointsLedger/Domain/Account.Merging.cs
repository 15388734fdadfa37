using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Where a merged account leads.</summary>
/// <param name="Kind"><c>merge</c> or <c>pool</c>.</param>
internal sealed record Merge(Guid Id, string Kind, AccountId Into, DateTimeOffset At);

/// <summary>
/// Merging: everything of an account goes into another one, to which its cards lead from then on; so does a member's account into the
/// pool of a household. A merge can be undone for a while: then what is left of the points that came goes back. Who leaves a pool takes the cards, not the points.
/// </summary>
internal sealed partial record Account
{
    public static readonly TimeSpan UndoneWithin = TimeSpan.FromDays(30);

    /// <summary>Whether it is served by this account that a card earns and spends.</summary>
    public bool Serves(string card) => MergedInto is null && Cards.ContainsKey(card);

    public Decision<IAccountFact> OpenPool(DateTimeOffset at) =>
        Pool ? Accept() : Opened || Closed ? Refusals.AccountExists : Accept(new PoolOpened(at, at));

    /// <summary>Sends everything there is into another account, as far as this account is concerned.</summary>
    public Decision<IAccountFact> MergeInto(Account target, Guid merge, string kind, DateTimeOffset at)
    {
        if (Closed || target.Closed) return Refusals.AccountClosed;
        if (MergedInto is not null || target.MergedInto is not null) return Refusals.AccountMerged;
        if (Pool || target.Pool != (kind == TransferKind.Pool)) return Refusals.PoolsAreJoined;
        if (!Reservations.IsEmpty) return Refusals.ReservationsOpen;
        var all = All(Lots);
        return Accept(
            new PointsSent(merge, kind, target.Id, all.Sum(d => d.Points), all, at, at) { Debt = Debt },
            new AccountMerged(merge, kind, target.Id, at, at));
    }

    /// <summary>Takes in what another account has sent, and its cards.</summary>
    public Decision<IAccountFact> Absorb(Account source, PointsSent sent) => Receive(sent, source.Id) switch
    {
        Decision<IAccountFact>.Accepted received => Accept([.. received.Events, .. source.Cards.Select(card => News(card.Key, card.Value with { Of = source.Id }, sent.RecordedAt))]),
        var refused => refused,
    };

    /// <summary>Whether a merge of this account may still be undone.</summary>
    public Refusal? RefuseUndoing(DateTimeOffset at) =>
        MergedInto is not { Kind: TransferKind.Merge } merge ? Refusals.NotMerged :
        Closed ? Refusals.AccountClosed :
        at - merge.At > UndoneWithin ? Refusals.UndoTooLate : null;

    /// <summary>Lets go of the cards of an account that was merged into this one, and, where that is undone, of what is left of its points.</summary>
    /// <param name="came">What had come with the merge; null where the points stay.</param>
    public Decision<IAccountFact> LetGo(Account source, PointsReceived? came, DateTimeOffset at)
    {
        var merge = source.MergedInto!;
        var separated = new AccountSeparated(merge.Id, merge.Kind, source.Id, at, at);
        // Nothing is left in an account that has been closed.
        if (came is null || Closed) return Accept(separated);
        var left = All(Lots.Where(lot => lot.Free() > Points.Zero && came.Lots.Any(c => c.As.Lot == lot.From.Lot)));
        var sent = new PointsSent(merge.Id, TransferKind.Undo, source.Id, left.Sum(d => d.Points), left, at, at) { Debt = Points.Min(came.Debt, Debt) };
        return Accept(sent, separated);
    }

    /// <summary>Leads to no other account any more.</summary>
    /// <param name="target">The account that this one had been merged into, before it let go.</param>
    /// <param name="sent">What it gives back; null for nothing.</param>
    public Decision<IAccountFact> Return(Account target, PointsSent? sent, DateTimeOffset at)
    {
        var merge = MergedInto!;
        var received = sent is null ? Accept() : Receive(sent, target.Id);
        if (received is not Decision<IAccountFact>.Accepted { Events: var facts }) return received;
        // What was told of its cards in the meantime was told to the other account.
        var news = target.Cards.Where(card => card.Value.Of == Id && !(Cards.GetValueOrDefault(card.Key)?.Version >= card.Value.Version))
            .Select(card => News(card.Key, card.Value with { Of = Cards.GetValueOrDefault(card.Key)?.Of }, at));
        return Accept([.. facts, new AccountSeparated(merge.Id, merge.Kind, target.Id, at, at), .. news]);
    }

    private Account Separated(AccountSeparated e) => MergedInto?.Id == e.Merge
        ? this with { MergedInto = null }
        : this with { Cards = Cards.RemoveRange(Cards.Where(card => card.Value.Of == e.From).Select(card => card.Key)) };

    private static IAccountFact News(string number, Card card, DateTimeOffset at) => card.Blocked
        ? new CardBlocked(card.Id, number, "blocked-before", card.Version, at, at) { Of = card.Of }
        : new CardLinked(card.Id, number, card.Version, at, at) { Of = card.Of };
}
