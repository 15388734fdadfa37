using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// Where the partner sells.
internal sealed partial record Partner
{
    public static readonly Refusal StoreUnknown = new("store-unknown", "This partner has no such store. Open it first, or check the code.");

    /// <summary>The stores that are closed, or will be.</summary>
    public IReadOnlyList<StoreClosed> Closed { get; init; } = [];

    /// <summary>All of them, closed ones included.</summary>
    public IEnumerable<Store> Stores() => (Admission?.Stores ?? []).Concat(Opened);

    public Store? Store(string code) => Stores().FirstOrDefault(s => s.Code == code);

    /// <summary>How a store was closed; null for one that goes on.</summary>
    public StoreClosed? Closing(string store) => Closed.FirstOrDefault(c => c.Store == store);

    public Decision<PartnerFact> OpenStore(Store store, DateTimeOffset at)
    {
        if (Admission is null)
            return Unknown();
        if (Store(store.Code) is not { } known)
            return Decision<PartnerFact>.Accept(new StoreOpened(Id, store, at));
        return known == store && !(Closing(store.Code)?.EffectiveFrom <= at) ? Decision<PartnerFact>.Accept() : StoreCodeTaken(store.Code);
    }

    /// <summary>
    /// Closes a store for good. Never as of a time that is over: what was sold since would have been accepted or refused depending on
    /// which came first, the receipt or the news.
    /// </summary>
    /// <param name="effectiveFrom">The first instant at which nothing is sold there; null for now, or for when it was closed already.</param>
    public Decision<PartnerFact> CloseStore(string store, DateTimeOffset? effectiveFrom, DateTimeOffset at)
    {
        if (Admission is null)
            return Unknown();
        if (Store(store) is null)
            return StoreUnknown;
        if (Closing(store) is { EffectiveFrom: var closed })
        {
            return effectiveFrom is null || effectiveFrom == closed
                ? Decision<PartnerFact>.Accept()
                : new Refusal("store-closed", $"This store is closed from {closed:yyyy-MM-ddTHH:mm:ssZ} on, and that stays so. Open another one under a code of its own where it goes on.");
        }

        if (effectiveFrom < at)
            return new Refusal("closing-backdated", "A store is closed from now on or later. Send an effectiveFrom that is still to come, or none.");
        return effectiveFrom > at.AddYears(10)
            ? new Refusal("effective-from-not-allowed", "A store is closed within ten years from now. Send an earlier effectiveFrom.")
            : Decision<PartnerFact>.Accept(new StoreClosed(Id, store, (effectiveFrom ?? at).ToUniversalTime(), at));
    }

    private static Refusal StoreCodeTaken(string code) =>
        new("store-code-taken", $"This partner has, or had, another store with the code '{code}'. Choose another code.");

    private static bool SameStores(IReadOnlyList<Store> a, IReadOnlyList<Store> b) => a.Count == b.Count && a.ToHashSet().SetEquals(b);
}
