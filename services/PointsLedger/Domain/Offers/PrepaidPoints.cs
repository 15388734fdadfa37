using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What an issuer has paid for, beyond which it issues nothing.</summary>
internal sealed record PrepaidPoints(PartnerId Issuer, Points Paid);

/// <summary>Points of issuers that pay beforehand.</summary>
internal static class Prepaying
{
    /// <summary>Whether some issuer has not paid for what a purchase earns; otherwise the issuers it draws on, null for none.</summary>
    public static bool IsBeyond(this ImmutableArray<PrepaidPoints> prepaid, PointsAccrued accrued, SharedCounts counts, out ImmutableArray<PartnerId>? issuers)
    {
        issuers = null;
        foreach (var (issuer, paid) in prepaid)
        {
            var points = accrued.IssuedBy(issuer);
            if (points == Points.Zero) continue;
            if (counts[CounterKey.OfPrepaid(issuer)].Points + points.Value > paid.Value) return true;
            issuers = (issuers ?? []).Add(issuer);
        }

        return false;
    }

    /// <summary>What a purchase counts of the points paid for.</summary>
    public static IEnumerable<CounterChange> Drawn(this ImmutableArray<PrepaidPoints> prepaid, PointsAccrued accrued)
    {
        foreach (var issuer in accrued.Prepaid ?? [])
        {
            var points = accrued.IssuedBy(issuer).Value;
            yield return new(CounterKey.OfPrepaid(issuer), 1, points, MostCount: null, prepaid.First(p => p.Issuer == issuer).Paid.Value - points);
        }
    }

    /// <summary>What a return gives back of them.</summary>
    public static IEnumerable<CounterChange> GivenBack(PurchaseReversed reversed)
    {
        foreach (var issuer in reversed.Prepaid ?? [])
            yield return new(CounterKey.OfPrepaid(issuer), 0, -reversed.TakenFrom(issuer).Value, MostCount: null, MostPoints: null);
    }
}
