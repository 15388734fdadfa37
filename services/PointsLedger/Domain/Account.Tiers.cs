using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>The tier a member is in.</summary>
/// <param name="CheckAt">When it is looked at again; null for never, or while a downgrade is announced.</param>
internal sealed record TierStanding(string Id, DateTimeOffset? CheckAt, Downgrade? Announced)
{
    public DateTimeOffset? NextCheck => Announced?.EffectiveAt ?? CheckAt;
}

/// <summary>What the member has been told.</summary>
internal sealed record Downgrade(string? To, string Reason, DateTimeOffset EffectiveAt);

/// <summary>What of a month counts towards tiers; returns count in the month of their purchase.</summary>
/// <param name="Month">The month in the programme's time zone: <c>202611</c>.</param>
/// <param name="Spend">In units of whatever currencies.</param>
internal sealed record MonthActivity(int Month, Points Points, decimal Spend, ImmutableArray<MonthVisits> Visits);

/// <summary>Purchases at one partner in a month.</summary>
internal sealed record MonthVisits(PartnerId Partner, int Count);

/// <summary>Tiers: upgrades come at once, downgrades when the window has passed and the member has been told.</summary>
internal sealed partial record Account
{
    private TierChanged? Rise(PointsAccrued accrued, Rules? rules)
    {
        if (rules is null || rules.Programme is not { Window: { } window } programme) return null;
        var (purchase, month, months) = (accrued.Transaction, accrued.TierMonth, Months.Add(accrued));
        if (programme.TierFor(months, month) is not { } reached) return null;
        var (before, after) = (programme.RankOf(Tier?.Id), programme.RankOf(reached));
        // Who reaches their tier again stays, even if a downgrade has been announced.
        if (after < before || (after == before && Tier!.Announced is null)) return null;
        var reason = after == before ? "kept" : "reached";
        return new(Tier?.Id, reached, reason, window.CheckAfter(programme, months, reached, month), programme.Version, purchase.OccurredAt, purchase.RecordedAt);
    }

    /// <summary>
    /// A return may take away what a tier was reached by: the member is told, and falls unless they reach it again. Where what is left
    /// still leads to the tier, but not for as long, it is looked at again earlier.
    /// </summary>
    private IAccountFact? Sink(Transaction transaction, int purchased, ProgrammeRules programme)
    {
        if (Tier is not { Announced: null } tier || purchased == 0 || programme.Window is not { } window || programme.RankOf(tier.Id) == 0) return null;
        var month = Math.Max(programme.TierMonth(transaction.RecordedAt), purchased);
        var reached = programme.Higher(programme.TierFor(Months, month), programme.TierFor(Months, window.EndBefore(month)));
        if (programme.RankOf(reached) < programme.RankOf(tier.Id))
        {
            var effectiveAt = transaction.RecordedAt.AddDays(window.NoticeDays);
            return new DowngradeAnnounced(tier.Id, reached, "returned", effectiveAt, programme.Version, transaction.OccurredAt, transaction.RecordedAt);
        }

        var checkAt = window.CheckAfter(programme, Months, tier.Id, month);
        return tier.CheckAt <= checkAt
            ? null
            : new TierChanged(tier.Id, tier.Id, "returned", checkAt, programme.Version, transaction.OccurredAt, transaction.RecordedAt);
    }

    private IAccountFact? CheckTier(DateTimeOffset due, DateTimeOffset at, ProgrammeRules programme)
    {
        if (Tier is not { } tier || tier.NextCheck != due) return null;
        if (programme.Window is not { } window || programme.RankOf(tier.Id) == 0)
            return new TierChanged(tier.Id, null, "programme", null, programme.Version, due, at);

        var month = programme.TierMonth(due);
        var reached = programme.Higher(tier.Announced?.To, programme.TierFor(Months, tier.Announced is null ? Tiers.MonthBefore(month) : month));
        if (programme.RankOf(reached) >= programme.RankOf(tier.Id))
            return new TierChanged(tier.Id, tier.Id, "kept", window.CheckAfter(programme, Months, tier.Id, month), programme.Version, due, at);
        var reason = tier.Announced?.Reason ?? "window-ended";
        if (tier.Announced is null && window.NoticeDays > 0)
            return new DowngradeAnnounced(tier.Id, reached, reason, due.AddDays(window.NoticeDays), programme.Version, due, at);
        var checkAt = reached is null ? (DateTimeOffset?)null : window.CheckAfter(programme, Months, reached, month);
        return new TierChanged(tier.Id, reached, reason, checkAt, programme.Version, due, at);
    }
}
