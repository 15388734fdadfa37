using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Earning: a purchase accrues a base lot by its partner's agreement, and a lot for each partner's part of each award.</summary>
internal sealed partial record Account
{
    /// <summary>
    /// More points than this in one posting is a mistake at the till, and a sum that could one day overflow is worse than a refusal.
    /// </summary>
    public static readonly Points MostPerPosting = new(1_000_000_000_000);

    public Decision<IAccountFact> Accrue(
        Transaction purchase, string store, string card, Money amount, Terms terms, Receipt? receipt = null, Rules? rules = null)
    {
        if (Closed) return Refusals.AccountClosed;
        if (!Serves(card)) return Refusals.UnknownCard;
        if (amount.Currency != terms.Currency) return Refusals.CurrencyMismatch(terms.Currency);
        if (Earn(purchase, store, card, amount, terms, receipt, rules ?? Rules.None) is not { } accrued || accrued.Earned() > MostPerPosting)
            return Refusals.AmountTooLarge;
        if (Uses.Judge(rules, LimitedPosting.Purchase, card, new(purchase.Partner, store, receipt?.Terminal), accrued.Earned(), purchase.RecordedAt, out var limits) is { } beyond) return beyond;
        ImmutableArray<PartnerId>? prepaid = null;
        if (rules?.Prepaid.IsBeyond(accrued, rules.Shared, out prepaid) == true) return Refusals.PrepaidBlockEmpty;

        accrued = accrued with { Limits = limits, Prepaid = prepaid, TierMonth = rules?.Programme.TierMonth(purchase.OccurredAt) ?? 0 };
        IReadOnlyList<IAccountFact> facts = Rise(accrued, rules) is { } risen ? [accrued, risen] : [accrued];
        // Nearly nobody owes anything.
        if (Debt == Points.Zero) return Accept(facts);
        var lots = ImmutableArray<Lot>.Empty.Add(accrued).Where(lot => !lot.PendsAt(purchase.RecordedAt));
        return AcceptAndRepay(purchase, [.. lots.Select(lot => new Draw(lot.From, lot.Remaining))], facts);
    }

    /// <summary>
    /// A purchase that has taken place, rated again by other rules on the account as it would stand before it, and what follows for
    /// the tier; null when no such number of points exists. Limits are not asked: the purchase has passed them.
    /// </summary>
    public IReadOnlyList<IAccountFact>? Rerate(PointsAccrued purchase, Rules rules)
    {
        var before = this with { LastLot = purchase.Lot - 1 };
        var earned = before.Earn(purchase.Transaction, purchase.Store, purchase.Card, purchase.Amount, purchase.Terms, purchase.Receipt, rules);
        if (earned is null || earned.Earned() > MostPerPosting) return null;
        earned = earned with { TierMonth = rules.Programme.TierMonth(purchase.Transaction.OccurredAt) };
        return before.Rise(earned, rules) is { } risen ? [earned, risen] : [earned];
    }

    // Null when no such number of points exists.
    private PointsAccrued? Earn(Transaction purchase, string store, string card, Money amount, Terms terms, Receipt? receipt, Rules rules)
    {
        if (rules.AreNone)
            return terms.Rate(amount) is { } points ? new(purchase, store, card, amount, terms, LastLot + 1, points, ExpiresAt: null) { Receipt = receipt } : null;

        var programme = rules.Programme;
        var occasion = new Occasion(
            purchase.Partner, store, rules.Zone, purchase.OccurredAt, amount, receipt ?? Receipt.Plain, new MemberId(Id.Value), rules.Profile, Tier?.Id, Visits, Uses)
        {
            Budgets = rules.Budgets,
        };
        var rate = new BaseRate(terms.PointsPerUnit, programme.MultiplierOf(Tier?.Id));
        if (Appraisal.Appraise(occasion, rate, rules.Priced, programme.Rounding, programme.Version > 0 ? Fraction : 0) is not { } earned) return null;

        var (at, zone) = (purchase.OccurredAt, programme.Zone);
        return new PointsAccrued(purchase, store, card, amount, terms, LastLot + 1, earned.Base, programme.Expiry.From(at, zone))
        {
            ActivatesAt = Later(programme.Activation.At(at), purchase.RecordedAt),
            SlidesBy = programme.Expiry.SlidesBy,
            Slid = Lots.SlidBy(at, zone),
            Fraction = programme.Version > 0 ? earned.Fraction : 0,
            Programme = programme.Version,
            Rated = earned.BaseEligible == amount ? null : new(earned.BaseEligible, earned.BaseLines),
            Receipt = receipt,
            Awards = Divide(earned.Grants, purchase, rules) is { Length: > 0 } awards ? awards : null,
            Missed = (earned.Missed, rules.Unpriced) switch
            {
                ({ IsEmpty: true }, { IsEmpty: true }) => null,
                var (missed, unpriced) => [.. missed, .. unpriced],
            },
        };
    }

    /// <summary>A lot for every issuer's part of every grant.</summary>
    private ImmutableArray<Award> Divide(ImmutableArray<Granted> grants, Transaction purchase, Rules rules)
    {
        var awards = ImmutableArray.CreateBuilder<Award>();
        foreach (var grant in grants)
        {
            var activation = grant.Offer?.Activation ?? rules.Programme.Activation;
            var expiry = grant.Offer?.Expiry ?? rules.Programme.Expiry;
            var parts = grant.Offer?.Split(grant.Points, purchase.Partner) ?? [(purchase.Partner, grant.Points)];
            foreach (var (issuer, points) in parts)
            {
                awards.Add(new(LastLot + 2 + awards.Count, grant.Id, grant.Offer is null ? rules.Programme.Version : grant.Version, issuer, rules.Agreements[issuer], points, new(grant.Eligible, grant.Lines),
                    expiry.From(purchase.OccurredAt, rules.Programme.Zone))
                {
                    ActivatesAt = Later(activation.At(purchase.OccurredAt), purchase.RecordedAt),
                    SlidesBy = expiry.SlidesBy,
                    Windows = grant.Windows.IsEmpty ? null : grant.Windows,
                    Budgeted = grant.Offer?.Budget is not null,
                });
            }
        }

        return awards.ToImmutable();
    }

    // What is over already when it is recorded, as with a late receipt, need not be waited for.
    private static DateTimeOffset? Later(DateTimeOffset? activation, DateTimeOffset recordedAt) => activation > recordedAt ? activation : null;
}
