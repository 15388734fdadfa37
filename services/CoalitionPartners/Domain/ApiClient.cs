using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of a partner's clients, in the partner's stream. Their members are storage format: see Storage/StoredEvents.cs.
internal abstract record ClientFact : PartnerFact
{
    public abstract string ClientId { get; init; }
}

/// <param name="SecretHash">The hash of its first secret, which has the id 1.</param>
internal sealed record ApiClientRegistered(
    PartnerId Partner, string ClientId, string Name, IReadOnlyList<string> Scopes, string SecretHash, DateTimeOffset RegisteredAt) : ClientFact;

internal sealed record ApiClientRevoked(PartnerId Partner, string ClientId, DateTimeOffset RevokedAt) : ClientFact;

/// <param name="OthersUntil">When the secrets that were valid before it end; null for not by themselves.</param>
internal sealed record ClientSecretIssued(
    PartnerId Partner, string ClientId, int SecretId, string SecretHash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? OthersUntil, DateTimeOffset IssuedAt) : ClientFact;

internal sealed record ClientSecretRevoked(PartnerId Partner, string ClientId, int SecretId, DateTimeOffset RevokedAt) : ClientFact;

internal sealed record ClientKeyRegistered(PartnerId Partner, string ClientId, PublicKey Key, DateTimeOffset RegisteredAt) : ClientFact;

internal sealed record ClientKeyRevoked(PartnerId Partner, string ClientId, string KeyId, DateTimeOffset RevokedAt) : ClientFact;

/// <summary>A secret of which only a hash is known.</summary>
/// <param name="Id">1 for the client's first, and so on.</param>
/// <param name="ValidUntil">From when on it is no longer taken; null for no such time.</param>
internal sealed record IssuedSecret(int Id, string Hash, DateTimeOffset IssuedAt, DateTimeOffset? ValidUntil, DateTimeOffset? RevokedAt)
{
    public bool IsValid(DateTimeOffset at) => RevokedAt is null && !(ValidUntil <= at);

    // A time that was set before holds, unless the new one is earlier.
    public IssuedSecret EndingBy(DateTimeOffset? until) => ValidUntil <= until ? this : this with { ValidUntil = until ?? ValidUntil };
}

/// <summary>A public key on the curve P-256, RFC 7518 §6.2.</summary>
/// <param name="Id">Its thumbprint, RFC 7638.</param>
/// <param name="X">Coordinate in base64url.</param>
/// <param name="Y">Coordinate in base64url.</param>
internal sealed record PublicKey(string Id, string X, string Y);

internal sealed record RegisteredKey(PublicKey Key, DateTimeOffset RegisteredAt, DateTimeOffset? RevokedAt);

/// <summary>A program that acts for a partner, and by what it shows that it is the one: secrets, keys or both.</summary>
internal sealed record ApiClient(
    string ClientId, string Name, IReadOnlyList<string> Scopes, DateTimeOffset RegisteredAt, DateTimeOffset? RevokedAt,
    IReadOnlyList<IssuedSecret> Secrets, IReadOnlyList<RegisteredKey> Keys)
{
    /// <summary>Two, so that a new one can be brought to all tills while the old one still works.</summary>
    public const int MostValid = 2;

    public IEnumerable<IssuedSecret> ValidSecrets(DateTimeOffset at) => RevokedAt is null ? Secrets.Where(s => s.IsValid(at)) : [];

    public IEnumerable<PublicKey> ValidKeys() => RevokedAt is null ? Keys.Where(k => k.RevokedAt is null).Select(k => k.Key) : [];

    public IssuedSecret? Secret(int id) => Secrets.FirstOrDefault(s => s.Id == id);

    public RegisteredKey? Key(string id) => Keys.FirstOrDefault(k => k.Key.Id == id);

    /// <summary>A partner's clients after a fact about one of them.</summary>
    public static IReadOnlyList<ApiClient> After(IReadOnlyList<ApiClient> clients, ClientFact fact) => fact is ApiClientRegistered e
        ? [.. clients, new(e.ClientId, e.Name, e.Scopes, e.RegisteredAt, null, [new(1, e.SecretHash, e.RegisteredAt, null, null)], [])]
        : [.. clients.Select(c => c.ClientId == fact.ClientId ? c.When(fact) : c)];

    private ApiClient When(ClientFact fact) => fact switch
    {
        ApiClientRevoked e => this with { RevokedAt = e.RevokedAt },
        ClientSecretIssued e => this with
        {
            Secrets = [.. Secrets.Select(s => s.IsValid(e.IssuedAt) ? s.EndingBy(e.OthersUntil) : s), new(e.SecretId, e.SecretHash, e.IssuedAt, null, null)],
        },
        ClientSecretRevoked e => this with { Secrets = [.. Secrets.Select(s => s.Id == e.SecretId ? s with { RevokedAt = e.RevokedAt } : s)] },
        ClientKeyRegistered e => this with { Keys = [.. Keys, new(e.Key, e.RegisteredAt, null)] },
        ClientKeyRevoked e => this with { Keys = [.. Keys.Select(k => k.Key.Id == e.KeyId ? k with { RevokedAt = e.RevokedAt } : k)] },
        _ => throw new InvalidOperationException($"{fact.GetType().Name} is no fact of a client."),
    };
}
