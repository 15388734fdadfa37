namespace Loyalty.Contracts.Cards.V1;

/// <summary>A card has been issued, perhaps before any member is known.</summary>
/// <param name="CardId">The card.</param>
/// <param name="Number">ISO/IEC 7812 number with its Luhn digit.</param>
/// <param name="Barcode">EAN-13 barcode.</param>
/// <param name="Product">Code of the card product.</param>
/// <param name="IssuedAt">When.</param>
public sealed record CardIssued(Guid CardId, string Number, string Barcode, string Product, DateTimeOffset IssuedAt);

/// <summary>An active card now belongs to a member, who may earn and spend with it.</summary>
/// <param name="CardId">The card.</param>
/// <param name="Number">ISO/IEC 7812 number.</param>
/// <param name="Barcode">EAN-13 barcode.</param>
/// <param name="MemberId">The member.</param>
/// <param name="LinkedAt">When.</param>
/// <param name="Version">Version of the card's stream after this fact; a larger one is newer.</param>
public sealed record CardLinked(Guid CardId, string Number, string Barcode, Guid MemberId, DateTimeOffset LinkedAt, long Version);

/// <summary>A card must not be used any more.</summary>
/// <param name="CardId">The card.</param>
/// <param name="Number">ISO/IEC 7812 number.</param>
/// <param name="MemberId">The member it belongs to, or null if it was never linked.</param>
/// <param name="Reason">Why: <c>lost</c>, <c>stolen</c>, <c>fraud</c>, <c>closed</c> or <c>erased</c>.</param>
/// <param name="BlockedAt">When.</param>
/// <param name="Version">Version of the card's stream after this fact.</param>
public sealed record CardBlocked(Guid CardId, string Number, Guid? MemberId, string Reason, DateTimeOffset BlockedAt, long Version);
