using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What a purchase earns by the offers in force.</summary>
internal static class Appraisal
{
    /// <param name="offers">Of each offer the version that had been published when the purchase was made, in any order.</param>
    /// <param name="carried">Exact points that rounding owes the member from earlier purchases; negative when it gave too much.</param>
    /// <returns>Null when some number of points is too large to exist.</returns>
    public static Appraised? Appraise(Occasion occasion, BaseRate rate, ImmutableArray<Offer> offers, Rounding rounding, decimal carried)
    {
        try
        {
            var asked = InQuestion(occasion, offers);
            return asked is null && rate.TierMultiplier <= 1
                ? Plain(occasion.Amount, rate, rounding, carried)
                : new Reckoning(occasion, rate, rounding, carried).Of(asked ?? []);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    // Nearly every purchase goes this way where offers are few.
    private static Appraised Plain(Money amount, BaseRate rate, Rounding rounding, decimal carried)
    {
        var exact = WholePoints.Exact(rate.PointsPerUnit * amount.Amount);
        var points = rounding.Whole(exact + carried);
        return new(points, amount, null, WholePoints.Plain(exact - points.Value), [], []);
    }

    private static List<Offer>? InQuestion(Occasion occasion, ImmutableArray<Offer> offers)
    {
        List<Offer>? asked = null;
        foreach (var offer in offers)
            if (offer.InForce(occasion.At) && offer.When.Concern(occasion)) (asked ??= []).Add(offer);
        asked?.Sort(Offer.Order);
        return asked;
    }
}
