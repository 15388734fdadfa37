using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>A partner's statement of a cycle. Amounts are in the partner's favour; below zero it pays.</summary>
/// <param name="Preliminary">Whether it may still change.</param>
/// <param name="ThroughSequence">Up to which place of this service's log it reaches.</param>
/// <param name="BroughtForward">What the statement before carried forward.</param>
/// <param name="Payments">What was booked of it since.</param>
/// <param name="Unpaid">Brought forward and payments: what earlier cycles left unpaid.</param>
/// <param name="Adjustments">Corrections of earlier cycles that were posted forward into this one.</param>
/// <param name="Owes">For points and charges of this cycle.</param>
/// <param name="Net">This cycle alone.</param>
/// <param name="CarriedForward">Unpaid and net.</param>
internal sealed record ShownStatement(
    string CycleId, DateTimeOffset From, DateTimeOffset Until, Guid Partner, string Code, string Name, string Currency,
    bool Preliminary, DateTimeOffset? ClosedAt, long ThroughSequence,
    Money BroughtForward, IReadOnlyList<ShownPayment> Payments, Money Unpaid, IReadOnlyList<ShownLine> Lines, IReadOnlyList<ShownCharge> Charges,
    IReadOnlyList<ShownAdjustment> Adjustments, StatementPoints Points,
    Money Owes, Money Owed, Money Net, Money CarriedForward)
{
    public static ShownStatement Of(CycleFigures figures, Statement statement, PartnerName name)
    {
        var (cycle, position) = (figures.Row.Cycle, statement.Position);
        return new(
            cycle.Id.ToString(), cycle.From, cycle.Until, name.Partner, name.Code, name.Name, statement.Currency.Code,
            figures.Preliminary, figures.Row.ClosedAt, figures.Through, Money(statement.BroughtForward),
            [.. statement.Payments.Select(p => new ShownPayment(p.EndToEndId, p.Cycle.ToString(), p.BookedAt, p.BankReference, Money(p.Amount)))],
            Money(statement.Unpaid),
            [.. statement.Lines.Select(l => new ShownLine(
                l.Id, LineKey.NameOf(l.Kind), l.Origin == cycle.Id ? null : l.Origin.ToString(), l.AgreementVersion, l.Price, l.Points.Value,
                l.Transactions, l.Reversals, Money(l.Amount)))],
            [.. statement.Charges.Select(c => new ShownCharge(
                LineKey.NameOf(c.Kind), LineKey.NameOf(c.Kind), c.Label, c.Kind == ChargeKind.FeePerTransaction ? c.Base : null,
                c.Kind != ChargeKind.FeePerTransaction && c.Base is { } minor ? Money(minor) : null, c.Rate, Money(c.Amount)))],
            [.. statement.Adjustments.Select(a => new ShownAdjustment(a.LineId, a.Correction, a.Reason, a.Cycle?.ToString(), a.Line, a.Dispute, Money(a.Amount)))],
            new(
                statement.Points(PostingKind.Issue, PostingKind.PrepaidIssue).Value, statement.Points(PostingKind.Acceptance).Value,
                statement.Points(PostingKind.Breakage).Value),
            position.Owes, position.Owed, position.Net, Money(statement.CarriedForward));

        Money Money(long minor) => new(minor, statement.Currency);
    }
}

/// <summary>Postings of one kind, price and agreement.</summary>
/// <param name="LineId">Its name, under which its postings can be asked for.</param>
/// <param name="LateFrom">The earlier cycle in which it took place, where it came too late for that; null for this cycle's own.</param>
/// <param name="Points">What is left after reversals.</param>
internal sealed record ShownLine(
    string LineId, string Kind, string? LateFrom, int AgreementVersion, decimal Price, long Points, long Transactions, long Reversals, Money Amount);

/// <summary>What the coalition charges beside the postings.</summary>
/// <param name="Label">What a tax is called.</param>
/// <param name="Transactions">For how many; null for other charges.</param>
/// <param name="On">The sum of charges it is computed from; null for other charges.</param>
/// <param name="Rate">Units of the currency for each transaction or cycle, the minimum, or the percentage of the tax.</param>
internal sealed record ShownCharge(string LineId, string Kind, string? Label, long? Transactions, Money? On, decimal Rate, Money Amount);

/// <summary>A payment, or a part of one, in the partner's favour: below zero it was paid.</summary>
/// <param name="Settles">The cycle for which it was instructed.</param>
internal sealed record ShownPayment(string EndToEndId, string Settles, DateTimeOffset BookedAt, string BankReference, Money Amount);

/// <summary>A correction of something earlier.</summary>
/// <param name="OfCycle">The closed cycle that it corrects, with its line and the dispute that was upheld; null for one without a dispute.</param>
internal sealed record ShownAdjustment(string LineId, Guid CorrectionId, string Reason, string? OfCycle, string? OfLine, Guid? DisputeId, Money Amount);

/// <summary>Points of the cycle, net of what was undone.</summary>
/// <param name="Expired">Points this partner had issued; what it is given back for them stands in lines of the kind breakage.</param>
internal sealed record StatementPoints(long Issued, long Redeemed, long Expired);
