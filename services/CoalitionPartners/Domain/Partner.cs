using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of a partner's stream. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record PartnerFact;

internal sealed record PartnerAdmitted(
    PartnerId Partner, string Code, string Name, Currency Currency, IReadOnlyList<Store> Stores, DateTimeOffset AdmittedAt) : PartnerFact;

internal sealed record StoreOpened(PartnerId Partner, Store Store, DateTimeOffset OpenedAt) : PartnerFact;

/// <param name="Store">Its code.</param>
/// <param name="EffectiveFrom">The first instant at which nothing is sold there.</param>
internal sealed record StoreClosed(PartnerId Partner, string Store, DateTimeOffset EffectiveFrom, DateTimeOffset ClosedAt) : PartnerFact;

internal sealed record AgreementMade(
    PartnerId Partner, int Version, DateTimeOffset EffectiveFrom, Currency Currency,
    decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice, DateTimeOffset AgreedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Commercial? Commercial = null) : PartnerFact;

/// <param name="TimeZone">IANA time zone in which its days and hours are meant; null: the programme's. Facts of stores without one don't mention it.</param>
internal sealed record Store(
    string Code, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimeZone = null);

/// <summary>A partner of the coalition: its stores, the terms agreed with it and the programs that may act for it.</summary>
/// <param name="Admission">How it joined; null as long as nobody has admitted it.</param>
/// <param name="Opened">The stores that came after the admission.</param>
internal sealed partial record Partner(
    PartnerId Id, PartnerAdmitted? Admission, IReadOnlyList<Store> Opened, IReadOnlyList<Agreement> Agreements, IReadOnlyList<ApiClient> Clients)
    : IAggregate<Partner>
{
    /// <summary>What a partner's client may be allowed. Everything else is for the coalition's operators.</summary>
    public static readonly IReadOnlyList<string> GrantableScopes =
        ["ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate", "settlement.read", "settlement.dispute", "reconciliation.manage", "webhooks.manage"];

    private static readonly Guid Space = new("a27e7c6f-3a07-4b59-9d4c-5b2c3f0e6d11");

    public static string Alias => "partner";

    public static Partner Initial(Guid streamId) => new(new PartnerId(streamId), null, [], [], []);

    /// <summary>The id follows from the code, so that admitting a code twice meets itself in one stream.</summary>
    public static PartnerId IdOf(string code) => new(NamedGuid.From(Space, code));

    public Agreement? Agreed(int version) => Agreements.FirstOrDefault(a => a.Version == version);

    /// <summary>The terms that hold at a time, or null.</summary>
    public Agreement? InForce(DateTimeOffset at) =>
        Agreements.Where(a => a.Terms.EffectiveFrom <= at).OrderBy(a => a.Terms.EffectiveFrom).ThenBy(a => a.Version).LastOrDefault();

    public Decision<PartnerFact> Admit(string code, string name, Currency currency, IReadOnlyList<Store> stores, DateTimeOffset at)
    {
        if (Admission is { } admitted)
        {
            return admitted.Name == name && admitted.Currency == currency && SameStores(admitted.Stores, stores)
                ? Decision<PartnerFact>.Accept()
                : new Refusal("partner-differs", $"A partner {code} was admitted before with other content. Choose another code, or send what was sent then.");
        }

        var repeated = stores.CountBy(s => s.Code).FirstOrDefault(c => c.Value > 1).Key;
        return repeated is null
            ? Decision<PartnerFact>.Accept(new PartnerAdmitted(Id, code, name, currency, stores, at))
            : StoreCodeTaken(repeated);
    }

    /// <summary>
    /// The first agreement may start in the past, so that a partner's history can be brought in. A later one may not: two
    /// receipts of one moment would be rated differently, depending on which of them was posted first.
    /// </summary>
    public Decision<PartnerFact> Agree(Terms terms, DateTimeOffset at, Commercial? commercial = null)
    {
        if (Admission is null)
            return Unknown();
        if (AgreedAlready(terms, commercial) is not null)
            return Decision<PartnerFact>.Accept();
        if ((terms.Refusal(at) ?? commercial?.Refusal(terms, Admission.Currency, Stores().Select(s => s.Code).ToHashSet(StringComparer.Ordinal))) is { } refusal)
            return refusal;
        if (Agreements.Count > 0 && terms.EffectiveFrom < at)
            return new Refusal("agreement-backdated", "Only a partner's first agreement may start in the past. Send an effectiveFrom that is still to come.");

        var exact = terms.Normalised();
        return Decision<PartnerFact>.Accept(new AgreementMade(
            Id, Agreements.Count + 1, exact.EffectiveFrom, Admission.Currency, exact.PointsPerUnit, exact.IssuePrice, exact.RedeemPrice, at, commercial?.Normalised()));
    }

    /// <summary>The agreement that says exactly this, if there is one: a repeat of the request that made it.</summary>
    public Agreement? AgreedAlready(Terms terms, Commercial? commercial = null) => Agreements.FirstOrDefault(a => a.Says(terms, commercial));

    public Partner When(object @event) => @event switch
    {
        PartnerAdmitted e => this with { Admission = e },
        StoreOpened e => this with { Opened = [.. Opened, e.Store] },
        StoreClosed e => this with { Closed = [.. Closed, e] },
        AgreementMade e => this with
        {
            Agreements = [.. Agreements, new Agreement(e.Version, e.Currency, new Terms(e.EffectiveFrom, e.PointsPerUnit, e.IssuePrice, e.RedeemPrice), e.AgreedAt, e.Commercial)],
        },
        ClientFact e => this with { Clients = ApiClient.After(Clients, e) },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a partner."),
    };

    public static Refusal Unknown() => new("partner-unknown", "There is no such partner. Admit it first, or check the id.");
}
