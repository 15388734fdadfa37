using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>The sheet on which one purchase is appraised. What rounding leaves over goes from each line of the sheet to the next.</summary>
internal sealed class Reckoning(Occasion occasion, BaseRate rate, Rounding rounding, decimal carried)
{
    private readonly Basket basket = new(occasion);
    private readonly StoreTime time = new(occasion.At, occasion.Zone);
    private readonly ImmutableArray<Granted>.Builder grants = ImmutableArray.CreateBuilder<Granted>();
    private readonly ImmutableArray<Missed>.Builder missed = ImmutableArray.CreateBuilder<Missed>();
    private readonly List<Earning> earnings = [];
    private readonly decimal before = carried;
    private decimal owed = carried;

    /// <param name="offers">All that are in question, in their order.</param>
    public Appraised Of(List<Offer> offers)
    {
        var bases = TakeLines(offers);
        var agreed = basket.Rest();
        var agreedExact = WholePoints.Exact(rate.PointsPerUnit * agreed.Eligible.Amount);
        earnings.Add(new(agreed, agreedExact));

        var points = Round(agreedExact, room: null);
        foreach (var offer in bases) Give(offer, Round(offer.Exact, offer.Room));
        GiveTier();
        GiveBonuses(Bonuses(offers));

        // A sum that doesn't exist is found here rather than by whoever adds it up.
        _ = points + grants.Sum(grant => grant.Points);
        return new(points, agreed.Eligible, agreed.Lines, WholePoints.Plain(owed - before), grants.DrainToImmutable(), missed.DrainToImmutable());
    }

    private List<Candidate> Bonuses(List<Offer> offers)
    {
        var bonuses = new List<Candidate>(offers.Count);
        foreach (var offer in offers)
        {
            if (offer.Kind == OfferKind.Bonus && Consider(offer) is { } bonus) bonuses.Add(bonus);
        }

        return bonuses;
    }

    // Base offers take their lines before anything is rounded, because what they leave is rounded first.
    private List<Candidate> TakeLines(List<Offer> offers)
    {
        var bases = new List<Candidate>();
        foreach (var offer in offers)
        {
            if (offer.Kind != OfferKind.Base || Consider(offer) is not { } taking) continue;
            basket.Take(taking.Counted);
            earnings.Add(new(taking.Counted, taking.Worth));
            bases.Add(taking);
        }

        return bases;
    }

    private void GiveTier()
    {
        if (rate.TierMultiplier <= 1) return;
        var points = Round(WholePoints.Exact(earnings.Sum(e => e.Exact) * (rate.TierMultiplier - 1)), room: null);
        if (points > Points.Zero) grants.Add(new($"tier:{occasion.Tier}", 0, null, points, occasion.Amount, null, []));
    }

    private void GiveBonuses(List<Candidate> bonuses)
    {
        foreach (var bonus in bonuses)
        {
            // They are compared before rounding, so that the choice doesn't hang on what an earlier purchase left over; the first of equals wins.
            if (bonus.Offer.Group is { } group && bonuses.Where(b => b.Offer.Group == group).MaxBy(b => b.Worth) != bonus)
            {
                Miss(bonus.Offer, "less-than-other-of-group");
                continue;
            }

            var points = Round(bonus.Exact, bonus.Room);
            if (points > Points.Zero) Give(bonus, points);
            else Miss(bonus.Offer, "less-than-a-point");
        }
    }

    private Candidate? Consider(Offer offer)
    {
        if (offer.When.Failing(occasion, time) is { } condition) return Miss(offer, condition);
        if (basket.Refuse(offer) is { } selection) return Miss(offer, selection);

        var counted = basket.Counted(offer);
        var eligible = counted.Eligible.Amount;
        if (offer.When.Failing(eligible) is { } spending) return Miss(offer, spending);
        if (offer.Give.Exact(offer.Kind, eligible, Earned(offer.Kind, counted)) is not { } exact) return Miss(offer, "below-spend");

        var allowance = Allowance.Of(offer, occasion, time);
        if (allowance.Refusal is { } limit) return Miss(offer, limit);
        return new(offer, counted, WholePoints.Exact(exact), allowance.Room, allowance.Windows);
    }

    private decimal Earned(OfferKind kind, Counted counted) => kind == OfferKind.Base
        ? rate.PointsPerUnit * counted.Eligible.Amount
        : earnings.Sum(earning => earning.On(counted, occasion.Receipt));

    private Candidate? Miss(Offer offer, string reason)
    {
        missed.Add(new(offer.Id, offer.Version, reason));
        return null;
    }

    private void Give(Candidate candidate, Points points) => grants.Add(new(
        candidate.Offer.Id, candidate.Offer.Version, candidate.Offer, points, candidate.Counted.Eligible, candidate.Counted.Lines, candidate.Windows));

    private Points Round(decimal exact, Points? room)
    {
        var points = rounding.Whole(owed + exact);

        // What a cap cuts off is nobody's due, so nothing of it is carried.
        if (points > room) return room.Value;
        owed += exact - points.Value;
        return points;
    }

    /// <summary>An offer whose conditions hold.</summary>
    private sealed record Candidate(Offer Offer, Counted Counted, decimal Exact, Points? Room, ImmutableArray<string> Windows)
    {
        public decimal Worth => Room is { } room ? Math.Min(Exact, room.Value) : Exact;
    }

    /// <summary>Exact base points and what earned them.</summary>
    private sealed record Earning(Counted Of, decimal Exact)
    {
        /// <summary>The part of them that some of the receipt earned, by its share in the amount.</summary>
        public decimal On(Counted part, Receipt receipt)
        {
            if (part.Lines is null) return Exact;
            var common = part.Among(Of, receipt);
            return common.Minor == 0 ? 0 : common == Of.Eligible ? Exact : Exact * common.Minor / Of.Eligible.Minor;
        }
    }
}
