using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of a store's terminals. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record TerminalFact;

internal sealed record TerminalRegistered(PartnerId Partner, string Store, string Code, string Name, DateTimeOffset RegisteredAt) : TerminalFact;

internal sealed record TerminalRetired(PartnerId Partner, string Store, string Code, DateTimeOffset RetiredAt) : TerminalFact;

/// <summary>A till or another device at which members' cards are read.</summary>
/// <param name="Code">What postings name in <c>terminal</c>.</param>
/// <param name="RetiredAt">Since when it is out of use; null as long as it is in use.</param>
internal sealed record Terminal(string Code, string Name, DateTimeOffset RegisteredAt, DateTimeOffset? RetiredAt);

/// <summary>
/// The terminals of one store: a stream of their own, because the partner is read for every token. A register for people; the ledger
/// takes postings from terminals that are not in it.
/// </summary>
internal sealed record Terminals(Guid Id, IReadOnlyList<Terminal> All) : IAggregate<Terminals>
{
    /// <summary>More than any store has.</summary>
    public const int Most = 1000;

    public static string Alias => "store_terminals";

    public static Terminals Initial(Guid streamId) => new(streamId, []);

    public static Guid IdOf(PartnerId partner, string store) => NamedGuid.From(partner.Value, "terminals/" + store);

    public Terminal? Find(string code) => All.FirstOrDefault(t => t.Code == code);

    public Decision<TerminalFact> Register(Partner partner, string store, string code, string name, DateTimeOffset at)
    {
        if (Refuse(partner, store) is { } refusal)
            return refusal;
        if (Find(code) is { } known)
        {
            return known.Name == name && known.RetiredAt is null
                ? Decision<TerminalFact>.Accept()
                : new Refusal("terminal-code-taken", $"This store has, or had, another terminal with the code '{code}'. Choose another code.");
        }

        return All.Count < Most
            ? Decision<TerminalFact>.Accept(new TerminalRegistered(partner.Id, store, code, name, at))
            : new Refusal("too-many-terminals", $"A store has at most {Most} terminals, retired ones included.");
    }

    public Decision<TerminalFact> Retire(Partner partner, string store, string code, DateTimeOffset at)
    {
        if (Refuse(partner, store) is { } refusal)
            return refusal;
        return Find(code) switch
        {
            null => new Refusal("terminal-unknown", "This store has no such terminal. Check its code against the list of the store's terminals."),
            { RetiredAt: not null } => Decision<TerminalFact>.Accept(),
            _ => Decision<TerminalFact>.Accept(new TerminalRetired(partner.Id, store, code, at)),
        };
    }

    /// <summary>Why there can be no terminals, if so: the partner or its store does not exist.</summary>
    public static Refusal? Refuse(Partner partner, string store) =>
        partner.Admission is null ? Partner.Unknown()
        : partner.Store(store) is null ? Partner.StoreUnknown : null;

    public Terminals When(object @event) => @event switch
    {
        TerminalRegistered e => this with { All = [.. All, new(e.Code, e.Name, e.RegisteredAt, null)] },
        TerminalRetired e => this with { All = [.. All.Select(t => t.Code == e.Code ? t with { RetiredAt = e.RetiredAt } : t)] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of terminals."),
    };
}
