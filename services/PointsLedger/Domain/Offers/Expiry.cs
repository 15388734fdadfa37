namespace Loyalty.PointsLedger.Domain.Offers;

internal enum ExpiryKind
{
    Never,
    Rolling,
    EndOfMonth,
    Fixed,
    Activity,
}

/// <summary>When points lapse.</summary>
/// <param name="Months">Calendar months in the programme's time zone, of the kinds that count them.</param>
/// <param name="On">The first instant at which they are gone, of <see cref="ExpiryKind.Fixed"/>.</param>
internal sealed record Expiry(ExpiryKind Kind, int Months = 0, DateTimeOffset? On = null)
{
    public static readonly Expiry Never = new(ExpiryKind.Never);

    /// <summary>Every activity of the member puts the expiry off until so many months later; 0 where it doesn't.</summary>
    public int SlidesBy => Kind == ExpiryKind.Activity ? Months : 0;

    /// <summary>
    /// The first instant at which points of a purchase are gone; null for never. Of <see cref="ExpiryKind.Activity"/> it is
    /// what holds if the member does nothing more after this instant.
    /// </summary>
    public DateTimeOffset? From(DateTimeOffset purchaseAt, TimeZoneInfo programmeZone) => Kind switch
    {
        ExpiryKind.Never => null,
        ExpiryKind.Fixed => On?.ToUniversalTime(),
        ExpiryKind.EndOfMonth => LocalTime.Instant(LocalTime.MonthAfter(Later(purchaseAt, programmeZone)), programmeZone),
        _ => LocalTime.Instant(Later(purchaseAt, programmeZone), programmeZone),
    };

    private DateTime Later(DateTimeOffset purchaseAt, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(purchaseAt, zone).DateTime.AddMonths(Months);
}
