using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What Customers tells of a member for rules to use. It comes in as a value and never enters the account's stream.</summary>
/// <param name="Privilege">For example <c>pensioner</c>.</param>
/// <param name="Celebration">Month and day, in the leap year 2000.</param>
internal sealed record MemberProfile(string? Privilege, DateOnly? Celebration, ImmutableArray<string> Segments)
{
    public static readonly MemberProfile Unknown = new(null, null, []);
}

/// <summary>A purchase as later rules remember it.</summary>
/// <param name="Purchase">The number of its base lot, which no other purchase of the account has.</param>
internal sealed record Visit(int Purchase, DateTimeOffset At);

/// <summary>A member's purchases at one partner: enough to tell the nth, the first, and how long ago the one before was.</summary>
/// <param name="Count">Purchases that weren't returned whole.</param>
/// <param name="Recent">The latest of them, the earliest first.</param>
internal sealed record PartnerVisits(PartnerId Partner, int Count, ImmutableArray<Visit> Recent)
{
    private const int Kept = 4;

    /// <summary>The latest purchase before a moment, which for a late receipt is not the latest there is.</summary>
    public Visit? Before(DateTimeOffset at) => Recent.LastOrDefault(v => v.At < at);

    public PartnerVisits Add(Visit visit)
    {
        var at = Recent.Length;
        while (at > 0 && (Recent[at - 1].At, Recent[at - 1].Purchase).CompareTo((visit.At, visit.Purchase)) > 0) at--;
        var recent = Recent.Insert(at, visit);
        return this with { Count = Count + 1, Recent = recent.Length > Kept ? recent.RemoveAt(0) : recent };
    }

    public PartnerVisits Remove(int purchase) => this with { Count = Count - 1, Recent = Recent.RemoveAll(v => v.Purchase == purchase) };
}

/// <summary>What a member has had of an offer in one window of one of its caps.</summary>
/// <param name="Window"><c>offer</c>, or for example <c>day 2026-11-21</c>; the windows of one kind are in order of time when compared as text.</param>
internal sealed record OfferUse(string Offer, string Window, int Times, Points Points);
