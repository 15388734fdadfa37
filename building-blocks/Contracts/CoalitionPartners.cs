namespace Loyalty.Contracts.CoalitionPartners.V1;

/// <summary>A store of a partner.</summary>
/// <param name="Code">The partner's own short code for it.</param>
/// <param name="Name">Its name for people.</param>
public sealed record Store(string Code, string Name);

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
public sealed record AgreementChanged(
    Guid PartnerId, int AgreementVersion, DateTimeOffset EffectiveFrom, string Currency,
    decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice, DateTimeOffset AgreedAt, long Version);
