using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// What time alone does: reservations release themselves, pending points come free, points expire, tiers are looked at again. It holds from the very instant on;
/// it is written down before the next posting, or by the sweep where nobody posts.
/// </summary>
internal sealed partial record Account
{
    /// <summary>The next instant at which time does something to the account; null when it never will.</summary>
    public DateTimeOffset? NextLapse()
    {
        if (Closed) return null;
        var next = Tier?.NextCheck;
        foreach (var reservation in Reservations) next = Earlier(next, reservation.ReleasesAt);
        foreach (var lot in Lots)
        {
            if (lot.Pending) next = Earlier(next, lot.From.ActivatesAt);
            if (lot.Free() > Points.Zero) next = Earlier(next, lot.From.ExpiresAt);
        }

        return next;
    }

    /// <summary>The points that expire next, unless they are spent before.</summary>
    public (DateTimeOffset At, Points Points)? NextExpiry() => Lots
        .Where(lot => lot.From.ExpiresAt is not null && lot.Free() > Points.Zero)
        .GroupBy(lot => lot.From.ExpiresAt!.Value)
        .Select(g => ((DateTimeOffset, Points)?)(g.Key, g.Sum(lot => lot.Free())))
        .MinBy(next => next!.Value.Item1);

    /// <summary>The account as it stands at a moment, whether or not somebody has written down what has lapsed.</summary>
    public Account LapsedTo(DateTimeOffset at, ProgrammeRules programme) => NextLapse() <= at ? this.Fold(Lapse(at, programme)) : this;

    /// <summary>Everything that has become of itself up to a moment; nothing when it is written down already.</summary>
    public IReadOnlyList<IAccountFact> Lapse(DateTimeOffset at, ProgrammeRules programme)
    {
        if (!(NextLapse() <= at)) return [];
        var facts = new List<IAccountFact>();
        var account = this;
        // In the order of time, because points that come free first pay off a debt first.
        while (account.NextLapse() is { } due && due <= at)
        {
            var now = account.LapseAt(due, at, programme);
            if (now.Count == 0) throw new InvalidOperationException($"Something of account {Id} is due at {due:O}, and nothing comes of it.");
            facts.AddRange(now);
            account = account.Fold(now);
        }

        return facts;
    }

    private List<IAccountFact> LapseAt(DateTimeOffset due, DateTimeOffset at, ProgrammeRules programme)
    {
        var facts = new List<IAccountFact>();
        foreach (var timedOut in Reservations.Where(r => r.ReleasesAt == due))
            facts.AddRange(WithRepayment(facts, timedOut.Draws, due, at, new ReservationTimedOut(timedOut.Redeemer, timedOut.Id, timedOut.Held(), timedOut.Draws, due, at)));

        if (All(Lots.Where(lot => lot.Pending && lot.From.ActivatesAt == due)) is { IsEmpty: false } activated)
            facts.AddRange(WithRepayment(facts, activated, due, at, new PointsActivated(activated.Sum(d => d.Points), activated, due, at)));

        var after = this.Fold(facts);
        if (All(after.Lots.Where(lot => lot.HasLapsedAt(due) && lot.Free() > Points.Zero)) is { IsEmpty: false } expired)
            facts.AddRange(ByExpiry(expired, at));
        if (CheckTier(due, at, programme) is { } tier) facts.Add(tier);
        return facts;
    }

    // Points that were set aside beyond their expiry lapse when they are set free, yet as of when they would have.
    private static IEnumerable<PointsExpired> ByExpiry(ImmutableArray<Draw> expired, DateTimeOffset at) => expired
        .GroupBy(d => d.From.ExpiresAt!.Value).OrderBy(g => g.Key)
        .Select(g => new PointsExpired(g.Sum(d => d.Points), [.. g], g.Key, at));

    private IEnumerable<IAccountFact> WithRepayment(List<IAccountFact> before, ImmutableArray<Draw> freed, DateTimeOffset due, DateTimeOffset at, IAccountFact fact)
    {
        var after = this.Fold([.. before, fact]);
        if (after.Debt == Points.Zero) return [fact];
        // It is the transaction that once earned the points which now pays.
        var repaid = after.Lots.Repay(freed, after.Debt, due)
            .GroupBy(d => (d.From.Issuer, d.From.Purchase))
            .Select(g => new DebtRepaid(new(g.Key.Issuer, g.Key.Purchase, due, at), g.Sum(d => d.Points), [.. g]));
        return [fact, .. repaid];
    }

    private static ImmutableArray<Draw> All(IEnumerable<Lot> lots) => [.. lots.Select(lot => new Draw(lot.From, lot.Free()))];

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;
}
