using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>The part of a purchase that counts for a rule.</summary>
/// <param name="Lines">Indexes of receipt lines, ascending; null for the whole receipt.</param>
internal sealed record Counted(Money Eligible, ImmutableArray<int>? Lines)
{
    /// <summary>What the lines of this part that are in another part as well come to.</summary>
    public Money Among(Counted other, Receipt receipt) => Lines is not { } lines ? other.Eligible : other.Lines is not { } others ? Eligible
        : new(lines.Sum(line => others.BinarySearch(line) >= 0 ? receipt.Lines[line].Amount.Minor : 0), Eligible.Currency);
}

/// <summary>A purchase whose lines base offers take one after another; no line is rated by two of them.</summary>
internal sealed class Basket(Occasion occasion)
{
    private readonly ImmutableArray<ReceiptLine> lines = occasion.Receipt.Lines;
    private bool[]? taken;
    private bool allTaken;

    /// <summary>The code of why nothing counts for an offer; null when something does.</summary>
    public string? Refuse(Offer offer)
    {
        if (offer.When.SelectsLines && lines.IsEmpty) return "no-lines";
        if (offer.When.SelectsLines && !lines.Any(offer.When.Select)) return "no-matching-lines";
        return offer.Kind == OfferKind.Base && IsTaken(offer.When) ? "rated-by-other-base" : null;
    }

    /// <summary>What counts for an offer. A base offer rates only what others before it left.</summary>
    public Counted Counted(Offer offer) => (offer.Kind, offer.When.SelectsLines) switch
    {
        (OfferKind.Base, false) => Rest(),
        (_, false) => new(occasion.Amount, null),
        (OfferKind.Base, true) => Some(line => offer.When.Select(lines[line]) && !Taken(line)),
        (_, true) => Some(line => offer.When.Select(lines[line])),
    };

    /// <summary>What no base offer has taken.</summary>
    public Counted Rest() =>
        allTaken ? new(Money.Zero(occasion.Amount.Currency), []) :
        taken is null ? new(occasion.Amount, null) : Some(line => !Taken(line));

    public void Take(Counted part)
    {
        allTaken |= part.Lines is null;
        taken ??= new bool[lines.Length];
        foreach (var line in part.Lines ?? []) taken[line] = true;
    }

    private bool Taken(int line) => allTaken || taken?[line] == true;

    private bool IsTaken(Conditions when) =>
        allTaken || (taken is not null && !Enumerable.Range(0, lines.Length).Any(line => !Taken(line) && when.Select(lines[line])));

    private Counted Some(Func<int, bool> counts)
    {
        var some = Enumerable.Range(0, lines.Length).Where(counts).ToImmutableArray();
        return new(new(some.Sum(line => lines[line].Amount.Minor), occasion.Amount.Currency), some);
    }
}
