namespace Loyalty.Contracts.CoalitionPartners.V1;

/// <summary>
/// A version of an offer has been published, or withdrawn. What it granted keeps naming it: an award pins the offer's id and version.
/// </summary>
/// <param name="Version">1 for the first version of this offer, counting up.</param>
/// <param name="Offer">The document; its last one again where the offer is withdrawn.</param>
/// <param name="PublishedAt">From then on this version rates purchases made from then on; purchases made before are rated by what was in force.</param>
/// <param name="Withdrawn">Whether it grants nothing any more.</param>
public sealed record OfferPublished(int Version, Offer Offer, DateTimeOffset PublishedAt, bool Withdrawn);

/// <summary>What an operator writes: when an offer applies, what it grants, and who pays for it. The published JSON Schema is of this.</summary>
/// <param name="Id">1 to 40 of <c>a-z 0-9 -</c>, unique in the coalition, for ever.</param>
/// <param name="Name">For people.</param>
/// <param name="Kind"><c>base</c>: takes the place of the agreement's rate on the lines it matches, the first by priority wins; <c>bonus</c>: on top.</param>
/// <param name="From">The first instant of purchase at which it holds; null for its publication.</param>
/// <param name="Until">The first instant at which it holds no more; null for open-ended.</param>
/// <param name="Priority">Smaller goes first.</param>
/// <param name="Group">Of all bonuses in a group only the one that grants most applies; null: it applies beside all others.</param>
/// <param name="When">All of these must hold.</param>
/// <param name="Give">What it grants.</param>
/// <param name="Caps">How often or how much at most.</param>
/// <param name="Budget">Points that all members together may be granted; null for no such limit.</param>
/// <param name="FundedBy">Whose points they are, in shares that add up to 100; empty: the selling partner's.</param>
/// <param name="Activation">When granted points can be spent; null: as the programme says.</param>
/// <param name="Expiry">When they lapse; null: as the programme says.</param>
public sealed record Offer(
    string Id, string Name, string Kind, DateTimeOffset? From, DateTimeOffset? Until, int Priority, string? Group,
    OfferConditions When, OfferGrant Give, IReadOnlyList<OfferCap> Caps, long? Budget, IReadOnlyList<OfferShare> FundedBy,
    ActivationRule? Activation, ExpiryRule? Expiry);

/// <summary>What must hold for an offer to apply. A condition that is null or empty always holds; lists mean any of them.</summary>
/// <param name="Partners">The purchase is made at one of these partners.</param>
/// <param name="Stores">In one of these stores of the partner.</param>
/// <param name="Categories">Only lines in these categories count.</param>
/// <param name="Products">Only lines with these products count.</param>
/// <param name="Tenders">It is paid by one of these means: <c>cash</c>, <c>card</c>, …</param>
/// <param name="SpendFrom">What counts comes to at least this, in units of the currency.</param>
/// <param name="SpendBelow">What counts comes to less than this.</param>
/// <param name="Weekdays"><c>monday</c> … <c>sunday</c>, in the store's time zone.</param>
/// <param name="Hours">Times of day in the store's time zone.</param>
/// <param name="RepeatWithinDays">The member's purchase before this one at the same partner was at most so many times 24 hours ago: exactly so many still holds.</param>
/// <param name="Nth">It is the member's nth purchase at the partner, or every nth.</param>
/// <param name="NewAtPartner">The member has never bought at this partner before.</param>
/// <param name="Visited">The member has visited so many different partners, this one included, within so many days.</param>
/// <param name="CelebrationWeek">The day of purchase in the store's time zone is at most three days from the member's celebration.</param>
/// <param name="Privileges">The member has one of these privileges: <c>pensioner</c>, <c>student</c>, <c>large-family</c>, <c>staff</c>, <c>corporate</c>.</param>
/// <param name="Tiers">The member is in one of these tiers.</param>
/// <param name="Segments">The member is in one of these segments.</param>
/// <param name="Members">Personal terms: only for these members.</param>
/// <param name="PromoCode">The till sends this code, in whatever case.</param>
public sealed record OfferConditions(
    IReadOnlyList<Guid>? Partners = null, IReadOnlyList<string>? Stores = null, IReadOnlyList<string>? Categories = null,
    IReadOnlyList<string>? Products = null, IReadOnlyList<string>? Tenders = null, decimal? SpendFrom = null, decimal? SpendBelow = null,
    IReadOnlyList<string>? Weekdays = null, HoursOfDay? Hours = null, int? RepeatWithinDays = null, NthPurchase? Nth = null,
    bool NewAtPartner = false, PartnersVisited? Visited = null, bool CelebrationWeek = false, IReadOnlyList<string>? Privileges = null,
    IReadOnlyList<string>? Tiers = null, IReadOnlyList<string>? Segments = null, IReadOnlyList<Guid>? Members = null, string? PromoCode = null);

/// <summary>A time of day, half-open. Where <paramref name="Until"/> is not after <paramref name="From"/> it runs past midnight.</summary>
/// <param name="From">The first moment.</param>
/// <param name="Until">The first moment that is out.</param>
public sealed record HoursOfDay(TimeOnly From, TimeOnly Until);

/// <summary>A place in the row of a member's purchases at one partner, returned ones not counted.</summary>
/// <param name="N">From 1.</param>
/// <param name="Every">Whether every nth counts, rather than the nth alone.</param>
public sealed record NthPurchase(int N, bool Every);

/// <summary>Visits to different partners.</summary>
/// <param name="Partners">How many at least.</param>
/// <param name="WithinDays">In so many times 24 hours up to the purchase.</param>
public sealed record PartnersVisited(int Partners, int WithinDays);

/// <summary>What an offer grants: exactly one of its members is there.</summary>
/// <param name="PointsPerUnit">So many points per whole unit of the currency of what counts.</param>
/// <param name="Multiplier">Of a bonus: the base points of what counts are multiplied by this in all; 2 grants as many again.</param>
/// <param name="Points">So many points.</param>
/// <param name="Steps">The highest step that the spending reaches.</param>
public sealed record OfferGrant(decimal? PointsPerUnit = null, decimal? Multiplier = null, long? Points = null, IReadOnlyList<OfferStep>? Steps = null);

/// <summary>A step: a bigger basket earns more. Exactly one of the grants is there.</summary>
/// <param name="SpendFrom">What counts comes to at least this.</param>
/// <param name="PointsPerUnit">So many points per whole unit of the currency.</param>
/// <param name="Multiplier">The base points are multiplied by this in all.</param>
/// <param name="Points">So many points.</param>
public sealed record OfferStep(decimal SpendFrom, decimal? PointsPerUnit = null, decimal? Multiplier = null, long? Points = null);

/// <summary>A limit on what one member gets of an offer. At least one of the two numbers is there.</summary>
/// <param name="Per"><c>receipt</c>, <c>day</c>, <c>week</c> (from Monday), <c>month</c>, <c>year</c>, all in the store's time zone, or <c>offer</c> for ever.</param>
/// <param name="Times">How often.</param>
/// <param name="Points">How many points; what is over is cut off.</param>
public sealed record OfferCap(string Per, int? Times = null, long? Points = null);

/// <summary>A partner's share of what an offer grants.</summary>
/// <param name="PartnerId">The issuer.</param>
/// <param name="Percent">1 to 100.</param>
public sealed record OfferShare(Guid PartnerId, int Percent);

/// <summary>When points can be spent: from the purchase on, unless one of these is there.</summary>
/// <param name="Days">So many times 24 hours after the purchase: the return period, usually.</param>
/// <param name="On">From this instant on.</param>
public sealed record ActivationRule(int? Days = null, DateTimeOffset? On = null);

/// <summary>When points lapse.</summary>
/// <param name="Kind">
/// <c>never</c>; <c>rolling</c>: so many months after the purchase; <c>end-of-month</c>: at the end of the month in which that is;
/// <c>fixed</c>: at an instant; <c>activity</c>: so many months after the member's last purchase or redemption.
/// </param>
/// <param name="Months">1 to 120, of <c>rolling</c>, <c>end-of-month</c> and <c>activity</c>. From 31 January one month runs to the end of February.</param>
/// <param name="On">The first instant at which they are gone, of <c>fixed</c>.</param>
public sealed record ExpiryRule(string Kind, int? Months = null, DateTimeOffset? On = null);
