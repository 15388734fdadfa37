using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>The rules of the whole programme that hold for a purchase.</summary>
/// <param name="Version">0 where nobody has published any.</param>
/// <param name="Zone">For months and days that no store decides.</param>
/// <param name="Expiry">Of base points, and of offers that don't say.</param>
/// <param name="Activation">Of base points, and of offers that don't say.</param>
/// <param name="ReservationTimeout">After this a reservation releases itself.</param>
/// <param name="Transfers">Null: points can't be given away.</param>
/// <param name="Tiers">The lowest first; everybody starts below the first.</param>
/// <param name="Window">Null when there are no tiers.</param>
internal sealed record ProgrammeRules(
    int Version, TimeZoneInfo Zone, Rounding Rounding, Expiry Expiry, Activation Activation, DebtPolicy Debt, TimeSpan ReservationTimeout,
    TransferLimits? Transfers, ImmutableArray<PostingLimit> Limits, ImmutableArray<Tier> Tiers, TierWindow? Window)
{
    /// <summary>What holds before anything is published.</summary>
    public static readonly ProgrammeRules None = new(
        0, TimeZoneInfo.Utc, Rounding.Down, Expiry.Never, Activation.AtOnce, DebtPolicy.Debt, TimeSpan.FromDays(7), null, [], [], null);
}

/// <summary>What becomes of points that are taken back after they were spent.</summary>
internal enum DebtPolicy
{
    /// <summary>The member owes them.</summary>
    Debt,

    /// <summary>The issuer bears them.</summary>
    Cap,

    /// <summary>There is no such return.</summary>
    Refuse,
}

/// <summary>Limits on points given from member to member.</summary>
/// <param name="MostPerMonth">What one member gives away in a calendar month.</param>
internal sealed record TransferLimits(Points MostPerTransfer, Points MostPerMonth);

internal enum LimitedPosting
{
    Purchase,

    /// <summary>Reservations included.</summary>
    Redemption,
}

internal enum LimitedParty
{
    Card,
    Member,
    Terminal,
    Store,
    Partner,
}

internal enum LimitWindow
{
    Hour,
    Day,
}

/// <summary>A limit on postings, by ledger time in the programme's zone.</summary>
/// <param name="Count">So many postings.</param>
/// <param name="Points">So many points.</param>
/// <param name="Hard">Whether what goes beyond is refused; otherwise it is flagged for review.</param>
internal sealed record PostingLimit(string Id, LimitedPosting Of, LimitedParty Per, LimitWindow Window, int? Count, Points? Points, bool Hard)
{
    /// <summary>What a limit per member is counted under in the member's own account.</summary>
    public string OfMember { get; } = Id + "/member";
}

/// <summary>A tier and what leads to it: each threshold that is there must be reached within the window.</summary>
/// <param name="Spend">In units of the currency.</param>
/// <param name="Multiplier">Base points are multiplied by this.</param>
internal sealed record Tier(string Id, string Name, Points? Points, decimal? Spend, int? Visits, int? Partners, decimal Multiplier);

internal enum TierWindowKind
{
    Calendar,
    Rolling,
}

/// <summary>Over what tiers are reckoned.</summary>
/// <param name="Months">Of <see cref="TierWindowKind.Rolling"/>: this month and those before it.</param>
/// <param name="NoticeDays">A member is told so many days before a downgrade takes effect.</param>
internal sealed record TierWindow(TierWindowKind Kind, int Months, int NoticeDays);
