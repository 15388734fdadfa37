using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Earning: a purchase accrues a lot; a return takes back from that very lot what the returned part had earned.</summary>
internal sealed partial record Account
{
    /// <summary>
    /// More points than this in one posting is a mistake at the till, and a sum that could one day overflow is worse than a refusal.
    /// </summary>
    public static readonly Points MostPerPosting = new(1_000_000_000_000);

    public Decision<IAccountFact> Accrue(Transaction purchase, string store, string card, Money amount, Terms terms)
    {
        if (Closed) return Refusals.AccountClosed;
        if (!Cards.ContainsKey(card)) return Refusals.UnknownCard;
        if (amount.Currency != terms.Currency) return Refusals.CurrencyMismatch(terms.Currency);
        if (terms.Rate(amount) is not { } points || points > MostPerPosting) return Refusals.AmountTooLarge;

        var accrued = new PointsAccrued(purchase, store, card, amount, terms, LastLot + 1, points, ExpiresAt: null);
        return AcceptAndRepay(purchase, [new Draw(Provenance.Of(accrued), points)], accrued);
    }

    /// <summary>The points kept afterwards are what the terms give for the amount kept, however the returns were cut.</summary>
    public Decision<IAccountFact> Return(Transaction transaction, Purchase purchase, Money amount)
    {
        if (Closed) return Refusals.AccountClosed;
        if (amount.Currency != purchase.Kept.Currency) return Refusals.CurrencyMismatch(purchase.Kept.Currency);
        if (purchase.Reversed) return Refusals.PurchaseReversed;
        if (amount.Minor > purchase.Kept.Minor) return Refusals.ReturnExceedsPurchase(purchase.Kept);
        return TakeBack(transaction, purchase, amount);
    }

    public Decision<IAccountFact> Reverse(Transaction transaction, Purchase purchase)
    {
        if (Closed) return Refusals.AccountClosed;
        return purchase.Reversed ? Refusals.PurchaseReversed : TakeBack(transaction, purchase, purchase.Kept);
    }

    private Decision<IAccountFact> TakeBack(Transaction transaction, Purchase purchase, Money amount)
    {
        var points = purchase.PointsFor(amount);
        var taken = Points.Min(points, Lots.Numbered(purchase.Lot)?.Free() ?? Points.Zero);
        return Accept(new PurchaseReversed(
            transaction, purchase.Id, purchase.Store, amount, purchase.Terms.AgreementVersion, purchase.Lot, points, Debt: points - taken));
    }
}

/// <summary>What is left of one purchase: folded from that purchase's own facts when a return asks, never kept in the account.</summary>
internal sealed record Purchase(TransactionId Id, string Store, Terms Terms, int Lot, Money Kept, Points Points, bool Reversed)
{
    /// <param name="facts">The purchase's accrual first, then its returns.</param>
    public static Purchase From(IReadOnlyList<object> facts) => facts.Skip(1).Aggregate(Of((PointsAccrued)facts[0]), (purchase, fact) => purchase.When(fact));

    /// <summary>How many points go back when this much of the purchase is returned.</summary>
    public Points PointsFor(Money returned) => Points - Terms.Rate(Kept - returned)!.Value;

    private static Purchase Of(PointsAccrued e) => new(e.Transaction.Id, e.Store, e.Terms, e.Lot, e.Amount, e.Points, Reversed: false);

    private Purchase When(object fact) => fact switch
    {
        PurchaseReversed e => this with { Kept = Kept - e.Amount, Points = Points - e.Points, Reversed = Kept == e.Amount },
        _ => throw new InvalidOperationException($"A purchase does not know the fact {fact.GetType().Name}."),
    };
}
