using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>About how many bytes an account's state takes in memory, as measured on a 64-bit runtime.</summary>
internal static class AccountWeight
{
    private const int Empty = 400;
    private const int PerCard = 250;
    private const int PerLot = 230;
    private const int PerDraw = 150;
    private const int PerReservation = 200;

    public static long Of(EventStream<Account> account) =>
        Empty + (PerCard * account.State.Cards.Count) + (PerLot * account.State.Lots.Length)
        + account.State.Reservations.Sum(r => PerReservation + (PerDraw * (long)r.Draws.Length));
}
