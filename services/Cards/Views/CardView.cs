using Loyalty.Cards.Domain;

namespace Loyalty.Cards.Views;

/// <summary>A card as it stands.</summary>
/// <param name="CardId">The card.</param>
/// <param name="Number">ISO/IEC 7812 number.</param>
/// <param name="Barcode">EAN-13 barcode.</param>
/// <param name="Product">Code of its product.</param>
/// <param name="Status"><c>issued</c>, <c>active</c> or <c>blocked</c>.</param>
/// <param name="MemberId">Whose it is, or null.</param>
/// <param name="BlockReason">Why it is blocked, or null.</param>
internal sealed record CardView(Guid CardId, string Number, string Barcode, string Product, string Status, Guid? MemberId, string? BlockReason)
{
    public static CardView Of(Card card) => new(
        card.Id.Value, card.Number, card.Barcode, card.Product,
        card.Status switch
        {
            CardStatus.Issued => "issued",
            CardStatus.Active => "active",
            CardStatus.Blocked => "blocked",
            _ => throw new InvalidOperationException("A card that was never issued has no view."),
        },
        card.Member?.Value, card.BlockReason);
}
