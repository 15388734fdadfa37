using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Spending: in one step, or reserved first and then captured (whole or in part) or released; and undone.</summary>
internal sealed partial record Account
{
    public Decision<IAccountFact> Redeem(
        Transaction redemption, string store, string card, Points points, int agreementVersion, Rules? rules = null, string? terminal = null)
    {
        if (RefuseSpending(card) is { } refusal) return refusal;
        if (Lots.Draw(points, redemption.RecordedAt) is not { } draws) return Refusals.InsufficientPoints(Balance(redemption.RecordedAt));
        if (Uses.Judge(rules, LimitedPosting.Redemption, card, new(redemption.Partner, store, terminal), points, redemption.RecordedAt, out var limits) is { } beyond) return beyond;
        return Accept(new PointsRedeemed(redemption, Reservation: null, store, card, agreementVersion, points, draws)
        {
            Limits = limits,
            Slid = Lots.SlidBy(redemption.OccurredAt, (rules ?? Rules.None).Programme.Zone),
        });
    }

    /// <param name="holdFor">After so long it releases itself; null for never.</param>
    public Decision<IAccountFact> Reserve(
        Transaction reservation, string store, string card, Points points, int agreementVersion, Rules? rules = null, TimeSpan? holdFor = null,
        string? terminal = null)
    {
        if (RefuseSpending(card) is { } refusal) return refusal;
        if (Lots.Draw(points, reservation.RecordedAt) is not { } draws) return Refusals.InsufficientPoints(Balance(reservation.RecordedAt));
        if (Uses.Judge(rules, LimitedPosting.Redemption, card, new(reservation.Partner, store, terminal), points, reservation.RecordedAt, out var limits) is { } beyond) return beyond;
        return Accept(new PointsReserved(reservation, store, card, agreementVersion, points, draws) { ReleasesAt = reservation.RecordedAt + holdFor, Limits = limits });
    }

    /// <param name="points">How many of the reserved points are spent; null for all. What is left over is released.</param>
    public Decision<IAccountFact> Capture(Transaction capture, TransactionId reservationId, Points? points, ProgrammeRules? programme = null)
    {
        if (Closed) return Refusals.AccountClosed;
        if (OpenReservation(capture.Partner, reservationId) is not { } reservation) return Refusals.ReservationNotOpen;
        if (RefuseSpending(reservation.Card) is { } refusal) return refusal;
        var held = reservation.Held();
        var spent = points ?? held;
        if (spent > held) return Refusals.CaptureExceedsReservation(held);

        var draws = reservation.Draws.First(spent);
        var redeemed = new PointsRedeemed(capture, reservationId, reservation.Store, reservation.Card, reservation.AgreementVersion, spent, draws)
        {
            Slid = Lots.SlidBy(capture.OccurredAt, (programme ?? ProgrammeRules.None).Zone),
        };
        if (spent == held) return Accept(redeemed);
        var rest = reservation.Draws.Except(draws);
        return AcceptAndRepay(capture, rest, redeemed, new ReservationReleased(capture, reservationId, held - spent, rest));
    }

    public Decision<IAccountFact> Release(Transaction release, TransactionId reservationId)
    {
        if (Closed) return Refusals.AccountClosed;
        return OpenReservation(release.Partner, reservationId) is { } reservation
            ? AcceptAndRepay(release, reservation.Draws, new ReservationReleased(release, reservationId, reservation.Held(), reservation.Draws))
            : Refusals.ReservationNotOpen;
    }

    /// <summary>The points go back into the lots they came from, with their issuer, number and expiry, as if never spent.</summary>
    public Decision<IAccountFact> Reverse(Transaction transaction, Redemption redemption)
    {
        if (Closed) return Refusals.AccountClosed;
        if (redemption.Reversed) return Refusals.RedemptionReversed;
        if (redemption.VoucherRedeemed) return RewardRefusals.VoucherRedeemed;
        var e = redemption.Fact;
        // Lots of another account, which has been merged into this one since, would meet its own under their numbers.
        var draws = redemption.Moved ? [.. e.Draws.Select((draw, i) => draw with { From = draw.From with { Lot = LastLot + 1 + i } })] : e.Draws;
        return AcceptAndRepay(transaction, draws, new RedemptionReversed(transaction, e.Transaction.Id, e.Store, e.AgreementVersion, e.Points, draws) { Claim = e.Claim });
    }

    private Reservation? OpenReservation(PartnerId redeemer, TransactionId id) => Reservations.FirstOrDefault(r => r.Redeemer == redeemer && r.Id == id);
}

/// <summary>One redemption and whether it has been undone: folded from its own facts when a reversal asks.</summary>
/// <param name="VoucherRedeemed">Whether the reward that was claimed by it has been handed out.</param>
/// <param name="Moved">Whether its account has been merged into another one since.</param>
internal sealed record Redemption(PointsRedeemed Fact, bool Reversed, bool VoucherRedeemed = false, bool Moved = false)
{
    /// <param name="facts">The redemption first, then its reversal if there was one, vouchers that were redeemed since, and the moves of its account into others.</param>
    public static Redemption From(IReadOnlyList<object> facts)
    {
        var redeemed = (PointsRedeemed)facts[0];
        return new(
            redeemed, facts.Skip(1).OfType<RedemptionReversed>().Any(),
            redeemed.Claim is { } claim && facts.OfType<VoucherRedeemed>().Any(v => v.Voucher == claim.Voucher),
            facts.OfType<PointsReceived>().Any());
    }
}
