using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What rates purchases again, and which.</summary>
/// <param name="From">The first instant of purchase that is rated again.</param>
/// <param name="Until">The first instant that is out; what happened from then on plays no part.</param>
/// <param name="Offer">The id of the draft offer; null for none.</param>
/// <param name="Rules">The rules for a purchase of a member, drafts included.</param>
/// <param name="ProgrammeAt">The programme in force at a moment.</param>
internal sealed record Draft(
    DateTimeOffset From, DateTimeOffset Until, string? Offer, Func<PointsAccrued, MemberProfile, Rules> Rules, Func<DateTimeOffset, ProgrammeRules> ProgrammeAt);

/// <summary>
/// One account as it would have gone on under other rules. Up to the first purchase of the period it takes its facts as they are; from
/// then on purchases and returns are what they were, while points and tiers are reckoned anew. It keeps what rules need of an account,
/// and of the purchases of the period those that came out otherwise, because something of them may be returned.
/// </summary>
internal sealed class Rerating(AccountId id, MemberProfile profile, Draft draft, Differences differences)
{
    private readonly HashSet<int> rerated = [];
    private readonly Dictionary<int, Altered> altered = [];
    private Account account = new(id);

    /// <summary>How many purchases of the period came out otherwise.</summary>
    public int Changed { get; private set; }

    /// <summary>How many purchases were rated again.</summary>
    public int Purchases => rerated.Count;

    /// <summary>Takes the account's facts in their order. Those that move points about without granting any need not come.</summary>
    public void Take(IAccountFact fact)
    {
        switch (fact)
        {
            case PointsAccrued { Transaction.OccurredAt: var at } e when at >= draft.From && at < draft.Until:
                Rerate(e);
                break;
            case PointsAccrued { Transaction.OccurredAt: var at } e when at < draft.From:
                Fold([e with { TierMonth = draft.ProgrammeAt(at).TierMonth(at) }]);
                break;
            case PurchaseReversed e when e.Transaction.OccurredAt < draft.Until:
                TakeBack(e);
                break;
            case TierChanged or DowngradeAnnounced when rerated.Count == 0:
                Fold([fact]);
                break;
        }
    }

    private void Rerate(PointsAccrued e)
    {
        var rules = draft.Rules(e, profile);
        Fold(account.Lapse(e.Transaction.RecordedAt, draft.ProgrammeAt(e.Transaction.RecordedAt)));
        rerated.Add(e.Lot);
        var tier = account.Tier?.Id;
        var facts = account.Rerate(e, rules with { Budgets = SpentThen(e, rules) }) ?? [e];
        var again = (PointsAccrued)facts[0];
        Fold(facts);
        differences.AddPurchase(tier, Grants(e), Grants(again));
        if (Grants(e).SequenceEqual(Grants(again))) return;
        Changed++;
        altered.Add(e.Lot, new(tier, [e], [again]));
    }

    private void TakeBack(PurchaseReversed e)
    {
        if (!altered.TryGetValue(e.Lot, out var purchase))
        {
            if (rerated.Contains(e.Lot)) differences.AddReturn(account.Tier?.Id, Grants(e), Grants(e));
            Fold([Owed(e)]);
            return;
        }

        var (was, would) = (Purchase.From(purchase.Was), Purchase.From(purchase.Would));
        differences.AddReturn(purchase.Tier, Grants(was, e), Grants(would, e));
        // There are no lots here that points could be taken from, so all of them are owed, which is how much is taken back in the end.
        var decision = account.Return(e.Transaction, would, e.Amount, e.Lines, draft.ProgrammeAt(e.Transaction.RecordedAt) with { Debt = DebtPolicy.Debt });
        if (decision is not Decision<IAccountFact>.Accepted { Events: [var back, ..] facts }) return;
        Fold(facts);
        altered[e.Lot] = purchase with { Was = [.. purchase.Was, e], Would = [.. purchase.Would, back] };
    }

    private void Fold(IReadOnlyList<IAccountFact> facts) => account = account.Fold(facts) with { Lots = [] };

    // What all members together had used of a budget is known only where it had been used up.
    private ImmutableArray<BudgetUse> SpentThen(PointsAccrued e, Rules rules) =>
    [
        .. (e.Missed ?? []).Where(m => m.Reason == "budget-spent" && m.Offer != draft.Offer)
            .SelectMany(m => rules.Offers.Where(o => o.Id == m.Offer && o.Budget is not null))
            .Select(o => new BudgetUse(o.Id, o.Budget!.Value)),
    ];

    private static PurchaseReversed Owed(PurchaseReversed e) => e with
    {
        Debt = e.Points - e.Lapsed,
        Awards = e.Awards is { } awards ? [.. awards.Select(a => a with { Debt = a.Points - a.Lapsed })] : null,
    };

    private static IEnumerable<RuleGrant> Grants(PointsAccrued e) =>
    [
        new(e.Transaction.Partner, e.Terms.AgreementVersion, null, e.Points),
        .. (e.Awards ?? []).Select(a => new RuleGrant(a.Issuer, a.AgreementVersion, a.Offer, a.Points)),
    ];

    private static IEnumerable<RuleGrant> Grants(PurchaseReversed e) =>
    [
        new(e.Transaction.Partner, e.AgreementVersion, null, -e.Points),
        .. (e.Awards ?? []).Select(a => new RuleGrant(a.Issuer, a.AgreementVersion, a.Offer, -a.Points)),
    ];

    private static IEnumerable<RuleGrant> Grants(Purchase purchase, PurchaseReversed e) => purchase.TakeBack(e.Amount, e.Lines).Select(part => part.Award is { } award
        ? new RuleGrant(award.Issuer, award.AgreementVersion, award.Offer, -part.Points)
        : new RuleGrant(purchase.Fact.Transaction.Partner, purchase.Terms.AgreementVersion, null, -part.Points));

    /// <param name="Tier">The tier in which it would have been made.</param>
    /// <param name="Was">The purchase and its returns as they were.</param>
    /// <param name="Would">The same as they would have been.</param>
    private sealed record Altered(string? Tier, IReadOnlyList<object> Was, IReadOnlyList<object> Would);
}
