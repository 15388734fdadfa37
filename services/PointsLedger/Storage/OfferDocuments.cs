using System.Collections.Frozen;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Documents = Loyalty.Contracts.CoalitionPartners.V1;
using Offer = Loyalty.PointsLedger.Domain.Offers.Offer;
using PostingLimit = Loyalty.PointsLedger.Domain.Offers.PostingLimit;
using Tier = Loyalty.PointsLedger.Domain.Offers.Tier;
using TierWindow = Loyalty.PointsLedger.Domain.Offers.TierWindow;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// The offers and rules that CoalitionPartners publishes, as the ledger evaluates them. It has checked them; a word that isn't
/// known here is from a later version, and guessing at what it grants would be worse than to stop.
/// </summary>
internal static class OfferDocuments
{
    public static Offer From(OfferPublished published)
    {
        var offer = published.Offer;
        return new(
            offer.Id, published.Version, offer.Name, published.PublishedAt, published.Withdrawn, Word<OfferKind>(offer.Kind), offer.From, offer.Until,
            offer.Priority, offer.Group, From(offer.When), From(offer.Give),
            [.. offer.Caps.Select(cap => new Cap(Word<CapWindow>(cap.Per), cap.Times, Some(cap.Points)))], Some(offer.Budget),
            [.. offer.FundedBy.Select(share => new Share(new(share.PartnerId), share.Percent))],
            offer.Activation is null ? null : From(offer.Activation), offer.Expiry is null ? null : From(offer.Expiry));
    }

    public static ProgrammeRules From(ProgrammePublished published)
    {
        var programme = published.Programme;
        return new(
            published.Version, TimeZoneInfo.FindSystemTimeZoneById(programme.TimeZone), Word<Rounding>(programme.Rounding),
            From(programme.Expiry), From(programme.Activation), Word<DebtPolicy>(programme.Debt), TimeSpan.FromMinutes(programme.ReservationMinutes),
            programme.Transfers is { } transfers ? new TransferLimits(new(transfers.MostPerTransfer), new(transfers.MostPerMonth)) : null,
            [.. programme.Limits.Select(From)],
            [.. programme.Tiers.Select(tier => new Tier(tier.Id, tier.Name, Some(tier.Points), tier.Spend, tier.Visits, tier.Partners, tier.Multiplier))],
            programme.TierWindow is { } window ? new TierWindow(Word<TierWindowKind>(window.Kind), window.Months ?? 0, window.NoticeDays) : null);
    }

    private static Conditions From(OfferConditions when) => new()
    {
        Partners = Any(when.Partners, PartnerId.From),
        Stores = Any(when.Stores),
        Categories = Any(when.Categories),
        Products = Any(when.Products),
        Tenders = Any(when.Tenders),
        SpendFrom = when.SpendFrom,
        SpendBelow = when.SpendBelow,
        Weekdays = Any(when.Weekdays, Word<DayOfWeek>),
        Hours = when.Hours is { } hours ? new(hours.From, hours.Until) : null,
        RepeatWithinDays = when.RepeatWithinDays,
        Nth = when.Nth is { } nth ? new(nth.N, nth.Every) : null,
        NewAtPartner = when.NewAtPartner,
        Visited = when.Visited is { } visited ? new(visited.Partners, visited.WithinDays) : null,
        CelebrationWeek = when.CelebrationWeek,
        Privileges = Any(when.Privileges),
        Tiers = Any(when.Tiers),
        Segments = Any(when.Segments),
        Members = Any(when.Members, MemberId.From),
        PromoCode = when.PromoCode,
    };

    private static Grant From(OfferGrant give) => give.Steps is { Count: > 0 } steps
        ? new Grant.Steps([.. steps.Select(step => new Grant.Step(step.SpendFrom, Rate(step.PointsPerUnit, step.Multiplier, step.Points)))])
        : Rate(give.PointsPerUnit, give.Multiplier, give.Points);

    private static Grant Rate(decimal? perUnit, decimal? multiplier, long? points) =>
        perUnit is { } rate ? new Grant.PerUnit(rate) :
        multiplier is { } by ? new Grant.Multiplied(by) :
        points is { } some ? new Grant.Fixed(new(some)) : throw new FormatException("An offer grants nothing.");

    private static Activation From(ActivationRule rule) => new(rule.Days, rule.On);

    private static Expiry From(ExpiryRule rule) => new(Word<ExpiryKind>(rule.Kind), rule.Months ?? 0, rule.On);

    private static PostingLimit From(Documents.PostingLimit limit) => new(
        limit.Id, Word<LimitedPosting>(limit.Of), Word<LimitedParty>(limit.Per), Word<LimitWindow>(limit.Window), limit.Count, Some(limit.Points), limit.Hard);

    private static Points? Some(long? points) => points is { } some ? new Points(some) : null;

    private static FrozenSet<string>? Any(IReadOnlyList<string>? values) => Any(values, static value => value);

    private static FrozenSet<T>? Any<TValue, T>(IReadOnlyList<TValue>? values, Func<TValue, T> of) => values is { Count: > 0 } ? values.Select(of).ToFrozenSet() : null;

    /// <summary>Documents write <c>end-of-month</c> where the code says <see cref="ExpiryKind.EndOfMonth"/>.</summary>
    private static T Word<T>(string word) where T : struct, Enum =>
        word?.Any(char.IsLetter) == true && Enum.TryParse<T>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value)
            ? value
            : throw new FormatException($"The ledger doesn't know '{word}'.");
}
