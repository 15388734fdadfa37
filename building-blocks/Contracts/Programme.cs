namespace Loyalty.Contracts.CoalitionPartners.V1;

/// <summary>The rules of the whole programme from an instant on. They rate purchases made from then on and never alter points already earned.</summary>
/// <param name="Version">1 for the first, counting up; pinned to every purchase it rates.</param>
/// <param name="EffectiveFrom">The first instant at which it holds.</param>
/// <param name="Programme">The document.</param>
/// <param name="PublishedAt">When it was published.</param>
public sealed record ProgrammePublished(int Version, DateTimeOffset EffectiveFrom, Programme Programme, DateTimeOffset PublishedAt);

/// <summary>What an operator writes about the programme as a whole. The published JSON Schema is of this.</summary>
/// <param name="TimeZone">IANA time zone of the programme, for months and days that no store decides: <c>Europe/Vienna</c>.</param>
/// <param name="Rounding"><c>down</c> or <c>half-even</c>, once per rule and purchase. The fraction that is cut off or added is carried to the member's next purchase.</param>
/// <param name="Expiry">When base points lapse.</param>
/// <param name="Activation">When base points can be spent.</param>
/// <param name="Debt">What becomes of points that are taken back after they were spent: <c>debt</c> (the member owes them), <c>cap</c> (the issuer bears them) or <c>refuse</c> (no such return).</param>
/// <param name="ReservationMinutes">After so many minutes a reservation releases itself.</param>
/// <param name="Transfers">Limits on points given from member to member; null: there are no such transfers.</param>
/// <param name="Limits">Limits on postings.</param>
/// <param name="Tiers">The tiers, the lowest first; empty for none. Everybody starts below the first.</param>
/// <param name="TierWindow">Over what tiers are reckoned; null when there are none.</param>
public sealed record Programme(
    string TimeZone, string Rounding, ExpiryRule Expiry, ActivationRule Activation, string Debt, int ReservationMinutes,
    TransferPolicy? Transfers, IReadOnlyList<PostingLimit> Limits, IReadOnlyList<Tier> Tiers, TierWindow? TierWindow);

/// <summary>Limits on points given away.</summary>
/// <param name="MostPerTransfer">Points in one transfer.</param>
/// <param name="MostPerMonth">Points that one member gives away in a calendar month.</param>
public sealed record TransferPolicy(long MostPerTransfer, long MostPerMonth);

/// <summary>A limit on postings. At least one of the two numbers is there.</summary>
/// <param name="Id">1 to 40 of <c>a-z 0-9 -</c>; named in the refusal or the flag.</param>
/// <param name="Of"><c>purchase</c> or <c>redemption</c> (reservations included).</param>
/// <param name="Per"><c>card</c>, <c>member</c>, <c>terminal</c>, <c>store</c> or <c>partner</c>.</param>
/// <param name="Window"><c>hour</c> or <c>day</c>, of the ledger's time in the programme's time zone.</param>
/// <param name="Count">So many postings.</param>
/// <param name="Points">So many points.</param>
/// <param name="Hard">Whether what goes beyond is refused; otherwise it is accepted and flagged for review.</param>
public sealed record PostingLimit(string Id, string Of, string Per, string Window, int? Count, long? Points, bool Hard);

/// <summary>A tier and what leads to it: each threshold that is there must be reached.</summary>
/// <param name="Id">1 to 40 of <c>a-z 0-9 -</c>; offers name it among their conditions.</param>
/// <param name="Name">For people.</param>
/// <param name="Points">Points accrued in the window.</param>
/// <param name="Spend">Spending in the window, in units of the currency.</param>
/// <param name="Visits">Purchases in the window.</param>
/// <param name="Partners">Different partners in the window.</param>
/// <param name="Multiplier">Base points are multiplied by this; 1 for no such benefit.</param>
public sealed record Tier(string Id, string Name, long? Points, decimal? Spend, int? Visits, int? Partners, decimal Multiplier);

/// <summary>Over what tiers are reckoned. Upgrades come at once.</summary>
/// <param name="Kind"><c>calendar</c>: the calendar year in the programme's time zone, a tier holds until the end of the next; <c>rolling</c>: the last months.</param>
/// <param name="Months">1 to 24, of <c>rolling</c>: this month and those before it.</param>
/// <param name="NoticeDays">A member is told so many days before a downgrade takes effect.</param>
public sealed record TierWindow(string Kind, int? Months, int NoticeDays);
