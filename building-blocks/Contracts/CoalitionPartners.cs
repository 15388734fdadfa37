namespace Loyalty.Contracts.CoalitionPartners.V1;

/// <summary>A store of a partner.</summary>
/// <param name="Code">The partner's own short code for it.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="TimeZone">IANA time zone in which its days and hours are meant; null: the programme's.</param>
public sealed record Store(string Code, string Name, string? TimeZone = null);

/// <summary>A partner has joined the coalition.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="Code">Its short code, unique in the coalition.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Currency">ISO 4217 currency in which it sells and settles.</param>
/// <param name="Stores">The stores it opened with.</param>
/// <param name="AdmittedAt">When it was admitted.</param>
/// <param name="Version">Version of the partner's stream after this fact; a larger one is newer.</param>
public sealed record PartnerAdmitted(
    Guid PartnerId, string Code, string Name, string Currency, IReadOnlyList<Store> Stores, DateTimeOffset AdmittedAt, long Version);

/// <summary>A partner has opened one more store.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="Store">The store.</param>
/// <param name="OpenedAt">When the coalition was told.</param>
/// <param name="Version">Version of the partner's stream after this fact.</param>
public sealed record StoreOpened(Guid PartnerId, Store Store, DateTimeOffset OpenedAt, long Version);

/// <summary>A partner closes a store for good.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="Store">The store's code.</param>
/// <param name="EffectiveFrom">The first instant at which nothing is sold there; what was done before it may still come in.</param>
/// <param name="ClosedAt">When the coalition was told.</param>
/// <param name="Version">Version of the partner's stream after this fact.</param>
public sealed record StoreClosed(Guid PartnerId, string Store, DateTimeOffset EffectiveFrom, DateTimeOffset ClosedAt, long Version);

/// <summary>A partner and the coalition have agreed terms that hold from a date on, until later terms take over.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="AgreementVersion">1 for the partner's first agreement, counting up; pinned to every posting it rates.</param>
/// <param name="EffectiveFrom">The first instant at which these terms hold.</param>
/// <param name="Currency">ISO 4217 currency of the prices.</param>
/// <param name="PointsPerUnit">Points accrued per whole unit of the currency (per 1.00 EUR).</param>
/// <param name="IssuePrice">What the partner pays for one point issued, in units of the currency.</param>
/// <param name="RedeemPrice">What the partner is paid for one point it accepts, in units of the currency.</param>
/// <param name="AgreedAt">When the terms were entered.</param>
/// <param name="Version">Version of the partner's stream after this fact.</param>
/// <param name="OnlyPrepaid">Whether no point is issued beyond the blocks that the partner has bought.</param>
public sealed record AgreementChanged(
    Guid PartnerId, int AgreementVersion, DateTimeOffset EffectiveFrom, string Currency,
    decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice, DateTimeOffset AgreedAt, long Version, bool OnlyPrepaid = false);

/// <summary>A partner has bought points to issue.</summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="BlockId">The block; it is bought once.</param>
/// <param name="Points">How many points it has.</param>
/// <param name="BoughtAt">When it was bought.</param>
public sealed record PrepaidBlockBought(Guid PartnerId, Guid BlockId, long Points, DateTimeOffset BoughtAt);

/// <summary>
/// A partner's transaction that came in a batch and passed the checks of its line. The ledger posts it as it posts one from a till; what
/// it becomes is known under the partner's own transaction id.
/// </summary>
/// <param name="PartnerId">The partner.</param>
/// <param name="TransactionId">The partner's id of the transaction, by which it takes effect once.</param>
/// <param name="Kind"><c>purchase</c>, <c>redemption</c> or <c>return</c>.</param>
/// <param name="Card">Number or barcode of the card; of a purchase or a redemption.</param>
/// <param name="Store">The partner's store; of a purchase or a redemption.</param>
/// <param name="AmountMinor">What was paid or paid back, in minor units of the currency; of a purchase or a return.</param>
/// <param name="Currency">ISO 4217 currency of the amount.</param>
/// <param name="Points">Points to redeem; of a redemption.</param>
/// <param name="Purchase">The partner's id of the purchase that something is returned of.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="MayBackdate">Whether it may be older than the usual limit on lateness.</param>
/// <param name="SubmittedBy">Who submitted it, as the ledger shall name its cause: <c>partner:GROCERY/till-1</c>.</param>
/// <param name="BatchId">The batch it came in; its line is then answered by a <c>TransactionAnswered</c>, whatever becomes of it.</param>
/// <param name="Line">Its line in the batch, from 1.</param>
/// <param name="Lines">The lines of the receipt; of a purchase, where the partner told.</param>
/// <param name="Tender">What was paid with; of a purchase, where the partner told.</param>
/// <param name="Terminal">The till; of a purchase or a redemption, where the partner told.</param>
/// <param name="PromoCodes">Codes that the member presented; of a purchase.</param>
/// <param name="ReturnedLines">Which lines of the receipt came back; of a return, where the partner told.</param>
public sealed record TransactionSubmitted(
    Guid PartnerId, string TransactionId, string Kind, string? Card, string? Store, long? AmountMinor, string? Currency, long? Points,
    string? Purchase, DateTimeOffset OccurredAt, bool MayBackdate, string SubmittedBy, Guid? BatchId = null, int? Line = null,
    IReadOnlyList<SubmittedProduct>? Lines = null, string? Tender = null, string? Terminal = null, IReadOnlyList<string>? PromoCodes = null,
    IReadOnlyList<SubmittedReturn>? ReturnedLines = null);

/// <summary>A line of a receipt.</summary>
/// <param name="AmountMinor">What it came to after its discounts, in minor units.</param>
/// <param name="Product">The product's code, where the partner told.</param>
/// <param name="Category">The product's category, where the partner told.</param>
public sealed record SubmittedProduct(long AmountMinor, string? Product = null, string? Category = null);

/// <summary>What came back of a line of a receipt.</summary>
/// <param name="Line">Which line of the receipt, from 0.</param>
/// <param name="AmountMinor">What was paid back for it, in minor units.</param>
public sealed record SubmittedReturn(int Line, long AmountMinor);
