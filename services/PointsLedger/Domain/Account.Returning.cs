using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// Returning: a purchase's points are taken back from exactly its lots. What has been spent already becomes debt, or is forgiven, or
/// forbids the return, as the programme says; what has lapsed is taken from nobody.
/// </summary>
internal sealed partial record Account
{
    /// <param name="lines">Which lines come back; null where only the amount is told.</param>
    public Decision<IAccountFact> Return(
        Transaction transaction, Purchase purchase, Money amount, ImmutableArray<ReturnedLine>? lines = null, ProgrammeRules? programme = null)
    {
        if (Closed) return Refusals.AccountClosed;
        if (amount.Currency != purchase.Kept.Currency) return Refusals.CurrencyMismatch(purchase.Kept.Currency);
        if (purchase.Reversed) return Refusals.PurchaseReversed;
        if (amount.Minor > purchase.Kept.Minor) return Refusals.ReturnExceedsPurchase(purchase.Kept);
        if (lines is { } named && Refuse(named, purchase, amount) is { } refusal) return refusal;
        return TakeBack(transaction, purchase, amount, lines ?? purchase.Spread(amount), (programme ?? ProgrammeRules.None).Debt, programme);
    }

    /// <summary>A till that voids a purchase is never refused for what the member has done since: the purchase did not take place.</summary>
    public Decision<IAccountFact> Reverse(Transaction transaction, Purchase purchase, ProgrammeRules? programme = null)
    {
        if (Closed) return Refusals.AccountClosed;
        if (purchase.Reversed) return Refusals.PurchaseReversed;
        var debt = programme is { Debt: DebtPolicy.Cap } ? DebtPolicy.Cap : DebtPolicy.Debt;
        return TakeBack(transaction, purchase, purchase.Kept, purchase.Spread(purchase.Kept), debt, programme);
    }

    private static Refusal? Refuse(ImmutableArray<ReturnedLine> lines, Purchase purchase, Money amount)
    {
        if (lines.DistinctBy(l => l.Line).Count() != lines.Length || lines.Any(l => l.Line < 0 || l.Line >= purchase.KeptLines.Length))
            return Refusals.UnknownLine(purchase.KeptLines.Length);
        if (lines.FirstOrDefault(l => l.Amount.Minor > purchase.KeptLines[l.Line].Minor) is { } tooMuch)
            return Refusals.ReturnExceedsLine(tooMuch.Line, purchase.KeptLines[tooMuch.Line]);
        return lines.Sum(l => l.Amount.Minor) == amount.Minor ? null : Refusals.LinesDontAddUp;
    }

    private Decision<IAccountFact> TakeBack(
        Transaction transaction, Purchase purchase, Money amount, ImmutableArray<ReturnedLine>? lines, DebtPolicy policy, ProgrammeRules? programme)
    {
        // What rules remember of the purchase stayed with the account where it was made.
        var whole = amount == purchase.Kept && purchase.Moved is null;
        var forgiven = Points.Zero;
        var parts = new List<(Award? Award, Points Points, Points Debt, Points Lapsed)>();
        foreach (var (award, lot, points) in purchase.TakeBack(amount, lines))
        {
            var taken = Points.Min(points, Lots.Numbered(purchase.NowOf(lot))?.Free() ?? Points.Zero);
            var lapsed = Points.Min(points - taken, purchase.Lapsed.GetValueOrDefault(lot));
            var spent = points - taken - lapsed;
            if (policy == DebtPolicy.Cap) forgiven += spent;
            parts.Add(policy == DebtPolicy.Cap ? (award, taken + lapsed, Points.Zero, lapsed) : (award, points, spent, lapsed));
        }

        if (policy == DebtPolicy.Refuse && parts.Sum(p => p.Debt) is var missing && missing > Points.Zero) return Refusals.PointsAlreadySpent(missing);
        var (_, basePoints, baseDebt, baseLapsed) = parts[0];
        var reversed = new PurchaseReversed(
            transaction, purchase.Id, purchase.Fact.Store, amount, purchase.Terms.AgreementVersion, purchase.NowOf(purchase.Lot), basePoints, baseDebt)
        {
            Lapsed = baseLapsed,
            Forgiven = forgiven,
            Lines = lines,
            Whole = whole,
            PurchasedAt = purchase.Fact.Transaction.OccurredAt,
            TierMonth = purchase.Moved is null ? purchase.Fact.TierMonth : 0,
            Prepaid = purchase.Fact.Prepaid,
            Awards = parts.Count == 1 ? null : [.. parts.Skip(1).Select(p => Taken(p.Award! with { Lot = purchase.NowOf(p.Award.Lot) }, p.Points, p.Debt, p.Lapsed, whole))],
        };
        return programme is not null && this.Fold([reversed]).Sink(transaction, reversed.TierMonth, programme) is { } sunk ? Accept(reversed, sunk) : Accept(reversed);
    }

    private static TakenAward Taken(Award award, Points points, Points debt, Points lapsed, bool whole) =>
        new(award.Lot, award.Offer, award.Version, award.Issuer, award.AgreementVersion, points, debt)
        {
            Lapsed = lapsed,
            Windows = whole ? award.Windows : null,
            Budgeted = whole && award.Budgeted,
        };
}
