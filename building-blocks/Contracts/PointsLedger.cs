namespace Loyalty.Contracts.PointsLedger.V1;

/// <summary>A purchase has earned points.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The issuer: the partner that sold and that funds the points.</param>
/// <param name="Store">The partner's store code.</param>
/// <param name="TransactionId">The partner's id of the purchase.</param>
/// <param name="AmountMinor">What was paid, in minor units.</param>
/// <param name="Currency">ISO 4217 currency of the amount.</param>
/// <param name="Points">Points accrued by the agreement alone; may be 0.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that rated it.</param>
/// <param name="OccurredAt">When the purchase was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
/// <param name="Awards">What offers granted on top; each is settled by itself.</param>
/// <param name="Flags">Ids of the limits it went beyond and that somebody should look at.</param>
/// <param name="Card">Number of the card that was presented; null where it was not told yet.</param>
public sealed record PurchaseAccrued(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, long AmountMinor, string Currency,
    long Points, int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt,
    IReadOnlyList<Award>? Awards = null, IReadOnlyList<string>? Flags = null, string? Card = null);

/// <summary>Points that one issuer grants under one offer.</summary>
/// <param name="IssuerId">The partner that funds them.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that prices them.</param>
/// <param name="Offer">The offer; <c>tier:gold</c> for the benefit of a tier.</param>
/// <param name="OfferVersion">Its version; of a tier's benefit that of the programme.</param>
/// <param name="Points">How many; of a return how many are taken back.</param>
/// <param name="Debt">Of a return: how many of them were already spent and are now owed by the member.</param>
/// <param name="Lapsed">Of a return: how many of them had lapsed before.</param>
public sealed record Award(Guid IssuerId, int AgreementVersion, string Offer, int OfferVersion, long Points, long Debt = 0, long Lapsed = 0);

/// <summary>A purchase was returned, in part or in full, and the points it had earned were taken back.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="PartnerId">The issuer.</param>
/// <param name="Store">Store code of the purchase.</param>
/// <param name="TransactionId">The partner's id of the return.</param>
/// <param name="PurchaseId">The partner's id of the purchase.</param>
/// <param name="AmountMinor">What was paid back, in minor units.</param>
/// <param name="Currency">ISO 4217 currency of the amount.</param>
/// <param name="Points">Base points taken back in all.</param>
/// <param name="Debt">How many points, base and awards, were already spent and are now owed by the member.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that had rated the purchase.</param>
/// <param name="OccurredAt">When the return was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
/// <param name="Awards">What was taken back of the offers' points; each is settled by itself.</param>
/// <param name="PurchasedAt">When the purchase was made; null where the ledger did not keep it yet.</param>
/// <param name="Lapsed">How many of the base points had lapsed before.</param>
public sealed record PurchaseReversed(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, string PurchaseId, long AmountMinor, string Currency,
    long Points, long Debt, int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, IReadOnlyList<Award>? Awards = null,
    DateTimeOffset? PurchasedAt = null, long Lapsed = 0);

/// <summary>Points of one lot that a redemption used.</summary>
/// <param name="IssuerId">The partner that funded them.</param>
/// <param name="PurchaseId">The issuer's id of the purchase that earned them.</param>
/// <param name="Points">How many.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that prices them; 0 where it was not told yet.</param>
/// <param name="AccruedAt">When they were earned; null where the ledger did not keep it yet.</param>
public sealed record Draw(Guid IssuerId, string PurchaseId, long Points, int AgreementVersion = 0, DateTimeOffset? AccruedAt = null);

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
/// <param name="Card">Number of the card that was presented; null where it was not told yet.</param>
public sealed record PointsRedeemed(
    Guid AccountId, Guid PartnerId, string Store, string TransactionId, string? ReservationId, long Points, IReadOnlyList<Draw> Draws,
    int AgreementVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, string? Card = null);

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

/// <summary>Points have lapsed unspent. The issuer keeps what it would have cost to have them accepted.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Whose points they were; adds up to <paramref name="Points"/>.</param>
/// <param name="RecordedAt">When the ledger recorded it. They were worth nothing from the instant of their expiry on, however long after it this is.</param>
public sealed record PointsExpired(Guid AccountId, long Points, IReadOnlyList<Draw> Draws, DateTimeOffset RecordedAt);

/// <summary>Points have paid off what a member owed, before they could be spent.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Whose points they were; adds up to <paramref name="Points"/>.</param>
/// <param name="OccurredAt">When the transaction that freed them was made.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record DebtRepaid(Guid AccountId, long Points, IReadOnlyList<Draw> Draws, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>A member has come into another tier.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="From">The tier before; null for none.</param>
/// <param name="To">The tier now; null for none.</param>
/// <param name="Reason"><c>reached</c>, <c>window-ended</c>, <c>returned</c> or <c>programme</c>.</param>
/// <param name="OccurredAt">From when.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record TierChanged(Guid AccountId, string? From, string? To, string Reason, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt);

/// <summary>Two operators have corrected an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="AdjustmentId">Their correction.</param>
/// <param name="IssuerId">The partner whose points were granted or taken.</param>
/// <param name="AgreementVersion">Version of the issuer's agreement that prices them.</param>
/// <param name="Points">How many; below zero where they were taken.</param>
/// <param name="Reason">Its reason code.</param>
/// <param name="OccurredAt">When it was approved.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
/// <param name="Debt">How many of the points that were taken were not there, and are now owed by the member.</param>
/// <param name="Draws">Where points were taken: those that were there; null where points were granted.</param>
public sealed record PointsAdjusted(
    Guid AccountId, Guid AdjustmentId, Guid IssuerId, int AgreementVersion, long Points, string Reason, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt,
    long Debt = 0, IReadOnlyList<Draw>? Draws = null);

/// <summary>Points have moved from one account to another, lots and all. Told once, by the account they left.</summary>
/// <param name="AccountId">The account they left.</param>
/// <param name="ToAccountId">The account they went to.</param>
/// <param name="TransferId">The transfer.</param>
/// <param name="Kind"><c>gift</c>, <c>pool</c>, <c>merge</c> or <c>undo</c>, of a merge.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Whose points they are.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
public sealed record PointsTransferred(
    Guid AccountId, Guid ToAccountId, Guid TransferId, string Kind, long Points, IReadOnlyList<Draw> Draws, DateTimeOffset RecordedAt);

/// <summary>
/// What became of a transaction that was submitted in a batch. Sent at least once for every line, and again when the line is submitted
/// again; the first answer to a line holds.
/// </summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="TransactionId">The partner's id of the transaction.</param>
/// <param name="BatchId">The batch it came in.</param>
/// <param name="Line">Its line in the batch, from 1.</param>
/// <param name="Outcome">
/// <c>accepted</c>: posted for this line; <c>replayed</c>: had been posted before, for another line, batch or till; <c>refused</c>;
/// <c>differs</c>: its id had been used for another transaction.
/// </param>
/// <param name="Code">Stable code of the refusal; null where it was posted.</param>
/// <param name="Detail">A sentence on the refusal; null where it was posted.</param>
/// <param name="Points">What the account gained, below zero for what it lost; null where nothing was posted.</param>
/// <param name="Balance">Points that could be spent afterwards; null where nothing was posted.</param>
public sealed record TransactionAnswered(
    Guid PartnerId, string TransactionId, Guid? BatchId, int? Line, string Outcome, string? Code = null, string? Detail = null, long? Points = null,
    long? Balance = null);
