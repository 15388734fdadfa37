using Loyalty.Kernel;

namespace Loyalty.Cards.Domain;

/// <summary>Everything this service refuses, each with a stable code and a sentence that says what to do.</summary>
internal static class Refusals
{
    public static readonly Refusal CardUnknown = new("card-unknown", "There is no such card. Check the number or the barcode.");

    public static readonly Refusal CheckDigit = new(
        "check-digit", "The check digit does not fit the other digits. Scan or type the number again.");

    public static readonly Refusal CardNotActive = new("card-not-active", "The card is not active yet. Activate it, then link it.");

    public static readonly Refusal CardBlocked = new("card-blocked", "The card is blocked for good. Take a new card.");

    public static readonly Refusal CardAlreadyLinked = new(
        "card-already-linked", "The card belongs to another member, and stays theirs. Take a new card.");

    public static readonly Refusal MemberUnknown = new(
        "member-unknown", "No such member is known here yet. If the member has just enrolled, try again in a moment.");

    public static readonly Refusal MemberErased = new("member-erased", "There is no such member any more.");

    public static readonly Refusal ProductUnknown = new("product-unknown", "There is no such card product. Define it first, or check its code.");

    public static readonly Refusal ProductDiffers = new(
        "product-differs", "A card product of this code is defined with other content, and products never change. Take another code.");

    public static readonly Refusal IssuerPrefixTaken = new(
        "issuer-prefix-taken",
        "Another card product, or the barcodes, have numbers of this length under this prefix already. Take a prefix that neither begins theirs nor is begun by it.");

    public static readonly Refusal NumbersExhausted = new(
        "numbers-exhausted", "The product has fewer numbers left than that. Ask for fewer cards, or define a product with longer numbers.");
}
