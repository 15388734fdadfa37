namespace Loyalty.Contracts.PointsLedger.V1;

/// <summary>A purchase has earned points.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The issuer: the partner that sold and that funds the points.</param>
/// <param name="Store">The partner's store code.</param>
/// <param name="TransactionId">The partner's id of the purchase.</param>
/// <param name="AmountMinor">What was paid, in minor units.</param>
/// <param name="Currency">ISO 4217 currency of the amount.</param>
/// <param name="Points">Points accrued; may be 0.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that rated it.</param>
/// <param name="OccurredAt">When the purchase was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record PurchaseAccrued(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, long AmountMinor, string Currency,
    long Points, int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>A purchase was returned, in part or in full, and the points it had earned were taken back.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The issuer.</param>
/// <param name="Store">Store code of the purchase.</param>
/// <param name="TransactionId">The partner's id of the return.</param>
/// <param name="PurchaseId">The partner's id of the purchase.</param>
/// <param name="AmountMinor">What was paid back, in minor units.</param>
/// <param name="Currency">ISO 4217 currency of the amount.</param>
/// <param name="Points">Points taken back in all.</param>
/// <param name="Debt">How many of them were already spent and are now owed by the member.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that had rated the purchase.</param>
/// <param name="OccurredAt">When the return was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record PurchaseReversed(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, string PurchaseId, long AmountMinor, string Currency,
    long Points, long Debt, int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>Points of one lot that a redemption used.</summary>
/// <param name="IssuerId">The partner that funded them.</param>
/// <param name="PurchaseId">The issuer's id of the purchase that earned them.</param>
/// <param name="Points">How many.</param>
public sealed record Draw(Guid IssuerId, string PurchaseId, long Points);

/// <summary>Points are set aside for a redemption that is not final yet.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The redeemer.</param>
/// <param name="Store">The redeemer's store code.</param>
/// <param name="TransactionId">The redeemer's id of the reservation.</param>
/// <param name="Points">How many.</param>
/// <param name="OccurredAt">When it was asked for.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record PointsReserved(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, long Points, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>Points have been spent.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The redeemer: the partner that accepted them.</param>
/// <param name="Store">The redeemer's store code.</param>
/// <param name="TransactionId">The redeemer's id of the redemption, or of the capture.</param>
/// <param name="ReservationId">The redeemer's id of the reservation it captured, or null for a one-step redemption.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Whose points they were; adds up to <paramref name="Points"/>.</param>
/// <param name="AgreementVersion">Version of the redeemer's agreement that prices it.</param>
/// <param name="OccurredAt">When the redemption was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record PointsRedeemed(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, string? ReservationId, long Points, IReadOnlyList<Draw> Draws,
    int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>A redemption was undone; its points are back in the lots they came from.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The redeemer.</param>
/// <param name="Store">The redeemer's store code.</param>
/// <param name="TransactionId">The redeemer's id of the reversal.</param>
/// <param name="RedemptionId">The redeemer's id of the redemption that is undone.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Whose points they were.</param>
/// <param name="AgreementVersion">Version of the redeemer's agreement that had priced it.</param>
/// <param name="OccurredAt">When it was undone.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record RedemptionReversed(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, string RedemptionId, long Points, IReadOnlyList<Draw> Draws,
    int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>Points that were set aside are free again.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The redeemer.</param>
/// <param name="ReservationId">The redeemer's id of the reservation.</param>
/// <param name="TransactionId">The redeemer's id of the release, or of the capture that left these points over.</param>
/// <param name="Points">How many.</param>
/// <param name="OccurredAt">When it was asked for.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record ReservationReleased(
    Guid AccountId, Guid PartnerId, string ReservationId, string TransactionId, long Points, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);
