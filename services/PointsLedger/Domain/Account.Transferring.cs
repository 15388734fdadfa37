using System.Globalization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>
/// Transfers: points leave one account and come into another with everything that is known of them. Each account decides for itself;
/// whoever asks commits both or neither. A purchase that is returned later stays its buyer's: points given away are as good as spent.
/// </summary>
internal sealed partial record Account
{
    private const string Given = "transfer:given";

    /// <summary>Gives points to another account, those first that would expire first.</summary>
    /// <param name="at">Ledger time; what has lapsed by then is written down already.</param>
    public Decision<IAccountFact> Give(Guid transfer, AccountId to, Points points, ProgrammeRules programme, DateTimeOffset at)
    {
        if (Closed) return Refusals.AccountClosed;
        if (MergedInto is not null) return Refusals.AccountMerged;
        if (programme.Transfers is not { } limits) return Refusals.TransfersNotAllowed;
        if (points > limits.MostPerTransfer) return Refusals.TransferTooLarge(limits.MostPerTransfer);
        var month = TimeZoneInfo.ConvertTime(at, programme.Zone).ToString("'month' yyyy-MM", CultureInfo.InvariantCulture);
        var given = Uses.FirstOrDefault(use => use.Offer == Given && use.Window == month)?.Points ?? Points.Zero;
        if (given + points > limits.MostPerMonth) return Refusals.TooMuchGiven(Points.Max(Points.Zero, limits.MostPerMonth - given));
        if (Lots.Draw(points, at) is not { } draws) return Refusals.InsufficientPoints(Balance(at));
        return Accept(new PointsSent(transfer, TransferKind.Gift, to, points, draws, at, at) { Limits = [new(Given, month)] });
    }

    /// <summary>Takes what another account has sent. It pays off a debt before it can be spent.</summary>
    public Decision<IAccountFact> Receive(PointsSent sent, AccountId from)
    {
        if (Closed) return Refusals.AccountClosed;
        if (MergedInto is not null && sent.Kind != TransferKind.Undo) return Refusals.AccountMerged;
        var lots = sent.Draws.Select((draw, i) => new ReceivedLot(draw.From.Lot, draw.From with { Lot = LastLot + 1 + i, Accrued = draw.Points }));
        var received = new PointsReceived(sent.Transfer, sent.Kind, from, sent.Points, [.. lots], sent.OccurredAt, sent.RecordedAt) { Debt = sent.Debt };
        var freed = received.Lots.Where(lot => !IsPending(lot, received)).Select(lot => new Draw(lot.As, lot.As.Accrued));
        return Accept([.. WithRepayment([], [.. freed], sent.OccurredAt, sent.RecordedAt, received)]);
    }

    private Account Left(PointsSent e) => this with { Lots = Lots.Spend(e.Draws), Debt = Debt - e.Debt, Uses = Uses.Count(e.Limits, e.Points) };

    private Account Came(PointsReceived e) => this with
    {
        LastLot = e.Lots.IsEmpty ? LastLot : e.Lots[^1].As.Lot,
        Lots = Lots.AddRange(e.Lots.Select(lot => new Lot(lot.As, lot.As.Accrued, Points.Zero) { Pending = IsPending(lot, e) })),
        Debt = Debt + e.Debt,
    };

    // What was over when it was sent had been written down before.
    private static bool IsPending(ReceivedLot lot, PointsReceived e) => lot.As.ActivatesAt > e.RecordedAt;
}
