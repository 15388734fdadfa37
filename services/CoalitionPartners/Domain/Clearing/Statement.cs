using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>A partner's account with the coalition for one cycle in one currency. Amounts are minor units in the partner's favour.</summary>
/// <param name="BroughtForward">What the statement before carried forward; below zero the partner owed it.</param>
/// <param name="Booked">Payments that were confirmed since; null for none. They settle what was brought forward, and are no part of the position.</param>
/// <param name="Posted">Corrections that were posted forward into this cycle; null for none.</param>
internal sealed record Statement(
    PartnerId Partner, Currency Currency, long BroughtForward, IReadOnlyList<StatementLine> Lines, IReadOnlyList<Charge> Charges,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<StatementPayment>? Booked = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<StatementAdjustment>? Posted = null)
{
    [JsonIgnore]
    public IReadOnlyList<StatementPayment> Payments => Booked ?? [];

    [JsonIgnore]
    public IReadOnlyList<StatementAdjustment> Adjustments => Posted ?? [];

    /// <summary>Where the partner stands in this cycle alone.</summary>
    [JsonIgnore]
    public Position Position => new(
        Partner,
        new(-Sum(Side.Owes) - Charges.Sum(c => c.Amount) - Adjustments.Where(a => a.Amount < 0).Sum(a => a.Amount), Currency),
        new(Sum(Side.Owed) + Adjustments.Where(a => a.Amount > 0).Sum(a => a.Amount), Currency));

    /// <summary>What is left of earlier cycles.</summary>
    [JsonIgnore]
    public long Unpaid => checked(BroughtForward + Payments.Sum(p => p.Amount));

    /// <summary>What is left to be paid with it: what is unpaid, and this cycle.</summary>
    [JsonIgnore]
    public long CarriedForward => checked(Unpaid + Position.Net.Minor);

    /// <summary>Whether it says anything.</summary>
    [JsonIgnore]
    public bool IsEmpty => Lines.Count == 0 && Charges.Count == 0 && Payments.Count == 0 && Adjustments.Count == 0 && BroughtForward == 0;

    /// <summary>Whether it has a line, a charge or an adjustment of this name.</summary>
    public bool Has(string lineId) => LinesBehind(lineId) is not null || Adjustments.Any(a => a.LineId == lineId);

    /// <summary>Net points of these kinds.</summary>
    public Points Points(params IReadOnlyList<PostingKind> kinds) => Lines.Where(l => kinds.Contains(l.Kind)).Sum(l => l.Points);

    /// <summary>The lines in which the postings behind a line or a charge stand, perhaps none; null where there is no such line.</summary>
    public IReadOnlyList<StatementLine>? LinesBehind(string lineId)
    {
        if (Lines.FirstOrDefault(l => l.Id == lineId) is { } line)
            return [line];
        return Charges.FirstOrDefault(c => LineKey.NameOf(c.Kind) == lineId)?.Kind switch
        {
            ChargeKind.FeePerTransaction => [.. Lines.Where(l => l.BearsFee)],
            ChargeKind.Minimum or ChargeKind.Tax => [.. Lines.Where(l => l.Kind.Side() == Side.Owes)],
            ChargeKind.FeePerCycle => [],
            _ => null,
        };
    }

    private long Sum(Side side) => Lines.Where(l => l.Kind.Side() == side).Sum(l => l.Amount);
}

/// <summary>What a partner's statement is made of.</summary>
/// <param name="Terms">What is charged by the agreement that holds at the cycle's end; null where there is none.</param>
internal sealed record StatementInput(
    PartnerId Partner, Currency Currency, long BroughtForward, IReadOnlyList<(LineKey Key, PriceLine Sum)> Lines, Commercial? Terms)
{
    public IReadOnlyList<StatementPayment> Payments { get; init; } = [];

    public IReadOnlyList<StatementAdjustment> Adjustments { get; init; } = [];

    public Statement Statement()
    {
        var lines = Lines.Select(l => StatementLine.Of(l.Key, l.Sum, Currency)).OrderBy(l => l.Origin.First).ThenBy(l => l.Kind).ThenBy(l => l.Id, StringComparer.Ordinal).ToList();
        return new(
            Partner, Currency, BroughtForward, lines, Terms is null ? [] : Charges.On(lines, Terms, Currency),
            Payments is [] ? null : Payments, Adjustments is [] ? null : Adjustments);
    }
}

/// <summary>Everybody's statements in one currency. With the coalition's own account they add up to zero, or there is no such thing.</summary>
/// <param name="Coalition">The coalition's own account, in minor units.</param>
internal sealed record CurrencyClearing(Currency Currency, long Coalition, IReadOnlyList<Statement> Statements)
{
    public long Coalition { get; } = Netted(Currency, Statements).Coalition.Minor == Coalition
        ? Coalition
        : throw new InvalidOperationException($"The positions in {Currency} and the coalition's account do not add up to zero.");

    [JsonIgnore]
    public Netting Netting => Netted(Currency, Statements);

    public static CurrencyClearing Of(Currency currency, IReadOnlyList<Statement> statements) =>
        new(currency, Netted(currency, statements).Coalition.Minor, statements);

    private static Netting Netted(Currency currency, IReadOnlyList<Statement> statements) => new(currency, [.. statements.Select(s => s.Position)]);
}
