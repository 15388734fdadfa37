namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>When points can be spent: from the purchase on, unless one of these is there.</summary>
/// <param name="Days">So many times 24 hours after the purchase.</param>
/// <param name="On">From this instant on.</param>
internal sealed record Activation(int? Days = null, DateTimeOffset? On = null)
{
    public static readonly Activation AtOnce = new();

    /// <summary>The first instant at which points of a purchase can be spent; null when that is at once.</summary>
    public DateTimeOffset? At(DateTimeOffset purchaseAt)
    {
        var at = Days is { } days ? purchaseAt.AddDays(days) : On;
        return at > purchaseAt ? at.Value.ToUniversalTime() : null;
    }
}
