using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What a till tells of a purchase beyond its sum; all of it may be absent.</summary>
/// <param name="Lines">What was bought. Either none, or their amounts add up to the purchase's.</param>
/// <param name="Tender">How it was paid: <c>cash</c>, <c>card</c>.</param>
/// <param name="Terminal">The till.</param>
/// <param name="PromoCodes">Codes the member presented.</param>
internal sealed record Receipt(ImmutableArray<ReceiptLine> Lines, string? Tender, string? Terminal, ImmutableArray<string> PromoCodes)
{
    public static readonly Receipt Plain = new([], null, null, []);
}

/// <summary>One line of a receipt.</summary>
/// <param name="Amount">What the line came to, in the currency of the purchase; never below zero.</param>
internal sealed record ReceiptLine(string? Product, string? Category, Money Amount);
