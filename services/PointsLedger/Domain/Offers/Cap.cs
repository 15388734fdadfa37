using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

internal enum CapWindow
{
    Receipt,
    Day,
    Week,
    Month,
    Year,
    Offer,
}

/// <summary>A limit on what one member gets of an offer in a window.</summary>
internal sealed record Cap(CapWindow Per, int? Times, Points? Points);

/// <summary>What an offer's caps and budget still allow.</summary>
/// <param name="Refusal">The code of what allows nothing any more; null when there is room.</param>
/// <param name="Room">Points at most; null for no limit.</param>
/// <param name="Windows">The windows in which a use is to be counted.</param>
internal readonly record struct Allowance(string? Refusal, Points? Room, ImmutableArray<string> Windows)
{
    public static Allowance Of(Offer offer, Occasion occasion, StoreTime time)
    {
        if (offer.Caps.IsEmpty && offer.Budget is null) return new(null, null, []);

        Points? room = null;
        var windows = ImmutableArray.CreateBuilder<string>();
        foreach (var cap in offer.Caps)
        {
            var window = cap.Per == CapWindow.Receipt ? null : time.Window(cap.Per);
            var use = window is null ? null : occasion.Use(offer.Id, window);
            if (use?.Times >= cap.Times) return new("cap-reached", null, []);
            room = Smaller(room, use is null ? cap.Points : cap.Points - use.Points);
            if (window is not null && !windows.Contains(window)) windows.Add(window);
        }

        if (room <= Points.Zero) return new("cap-reached", null, []);
        room = Smaller(room, offer.Budget - occasion.Spent(offer.Id));
        return room <= Points.Zero ? new("budget-spent", null, []) : new(null, room, windows.ToImmutable());
    }

    private static Points? Smaller(Points? a, Points? b) => a is { } x && b is { } y ? Points.Min(x, y) : a ?? b;
}
