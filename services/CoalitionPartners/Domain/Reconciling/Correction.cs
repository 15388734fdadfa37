using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>The transaction that mends our book. Its id follows from what it mends, so that it takes effect once however often it is sent.</summary>
/// <param name="Kind">Kind of transaction.</param>
/// <param name="AmountMinor">Null for the partner's line as it stands.</param>
/// <param name="Purchase">The purchase of which something is returned.</param>
internal sealed record Correction(string Kind, string TransactionId, long? AmountMinor, string? Purchase)
{
    private static readonly Guid Names = new("0e7d5a3c-51b7-4b0e-9a53-7d2b8f6c9e10");

    /// <summary>What mends a difference; null where nothing does.</summary>
    /// <param name="found">The difference.</param>
    /// <param name="partner">Whose it is.</param>
    /// <param name="lineCanBeSent">Whether the partner's line has all that the ledger needs, the card's number included.</param>
    /// <param name="returned">The purchase that a return of ours refers to.</param>
    public static Correction? Of(Finding found, PartnerId partner, bool lineCanBeSent, string? returned) => found switch
    {
        { Kind: DifferenceKind.MissingHere, There: { } id } when lineCanBeSent => new(found.TransactionKind, id, null, null),
        { Kind: DifferenceKind.AmountDiffers, TransactionKind: Reconciling.TransactionKind.Purchase, AmountDifference: > 0 } when lineCanBeSent =>
            new(Reconciling.TransactionKind.Purchase, Named(found, partner), found.AmountDifference, null),
        { Kind: DifferenceKind.AmountDiffers, TransactionKind: Reconciling.TransactionKind.Purchase, AmountDifference: < 0, Here: { } purchase } =>
            new(Reconciling.TransactionKind.Return, Named(found, partner), -found.AmountDifference, purchase),
        { Kind: DifferenceKind.AmountDiffers, TransactionKind: Reconciling.TransactionKind.Return, AmountDifference: > 0 } when returned is not null =>
            new(Reconciling.TransactionKind.Return, Named(found, partner), found.AmountDifference, returned),
        _ => null,
    };

    // Another reconciliation of the same two entries finds the same name.
    private static string Named(Finding found, PartnerId partner) =>
        FormattableString.Invariant($"correction:{NamedGuid.From(Names, $"{partner}/{found.TransactionKind}/{found.There}/{found.Here}/{found.AmountDifference}"):N}");
}
