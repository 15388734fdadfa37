using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// Who may act for the partner, and by which secrets and keys.
internal sealed partial record Partner
{
    private static readonly Refusal ClientUnknown = new("client-unknown", "This partner has no such client. Check the id against the list of its clients.");

    private static readonly Refusal ClientRevoked = new("client-revoked", "The client is revoked. Register another one.");

    /// <summary>A client's public name: the partner's code before the first dot says whose it is.</summary>
    public static string ClientIdOf(string code, string name) => $"{code}.{name}";

    public ApiClient? Client(string clientId) => Clients.FirstOrDefault(c => c.ClientId == clientId);

    public Decision<PartnerFact> RegisterClient(string name, IReadOnlyList<string> scopes, string secretHash, DateTimeOffset at)
    {
        if (Admission is null)
            return Unknown();
        if (scopes.FirstOrDefault(s => !GrantableScopes.Contains(s)) is { } foreign)
            return new Refusal("scope-not-allowed", $"A partner's client can't be given the scope '{foreign}'. Allowed are {string.Join(", ", GrantableScopes)}.");
        if (scopes.Count == 0)
            return new Refusal("scope-not-allowed", "A client without a scope could do nothing. Send at least one scope.");

        // A revoked client keeps its name for ever: postings name their client, and must go on naming the same one.
        var clientId = ClientIdOf(Admission.Code, name);
        return Client(clientId) is null
            ? Decision<PartnerFact>.Accept(new ApiClientRegistered(Id, clientId, name, [.. scopes.Distinct()], secretHash, at))
            : new Refusal("client-name-taken", "This partner has, or had, a client of this name. Its secret was shown once and isn't kept: issue another secret for it, or register a client under another name.");
    }

    public Decision<PartnerFact> RevokeClient(string clientId, DateTimeOffset at) => Client(clientId) switch
    {
        null => ClientUnknown,
        { RevokedAt: not null } => Decision<PartnerFact>.Accept(),
        _ => Decision<PartnerFact>.Accept(new ApiClientRevoked(Id, clientId, at)),
    };

    /// <param name="othersUntil">When the secrets that are valid now end; null to let them be.</param>
    public Decision<PartnerFact> IssueSecret(string clientId, string secretHash, DateTimeOffset? othersUntil, DateTimeOffset at)
    {
        if (Client(clientId) is not { } client)
            return ClientUnknown;
        if (client.RevokedAt is not null)
            return ClientRevoked;
        if (othersUntil <= at)
            return new Refusal("valid-until-past", "validUntil is over. Send a time that is still to come, or revoke the old secret.");
        return client.ValidSecrets(at).Count() < ApiClient.MostValid
            ? Decision<PartnerFact>.Accept(new ClientSecretIssued(Id, clientId, client.Secrets.Count + 1, secretHash, othersUntil, at))
            : new Refusal("too-many-secrets", "Two secrets of this client are valid. Revoke the one that is no longer used, or wait until it ends.");
    }

    public Decision<PartnerFact> RevokeSecret(string clientId, int secretId, DateTimeOffset at)
    {
        if (Client(clientId) is not { } client)
            return ClientUnknown;
        return client.Secret(secretId) switch
        {
            null => new Refusal("secret-unknown", "This client has no such secret. Check its number against the client's list of secrets."),
            { RevokedAt: not null } => Decision<PartnerFact>.Accept(),
            _ => Decision<PartnerFact>.Accept(new ClientSecretRevoked(Id, clientId, secretId, at)),
        };
    }

    public Decision<PartnerFact> RegisterKey(string clientId, PublicKey key, DateTimeOffset at)
    {
        if (Client(clientId) is not { } client)
            return ClientUnknown;
        if (client.RevokedAt is not null)
            return ClientRevoked;
        if (client.Key(key.Id) is { } known)
        {
            return known.RevokedAt is null
                ? Decision<PartnerFact>.Accept()
                : new Refusal("key-revoked", "This key was revoked. Make a new one and register that.");
        }

        return client.ValidKeys().Count() < ApiClient.MostValid
            ? Decision<PartnerFact>.Accept(new ClientKeyRegistered(Id, clientId, key, at))
            : new Refusal("too-many-keys", "Two keys of this client are valid. Revoke the one that is no longer used.");
    }

    public Decision<PartnerFact> RevokeKey(string clientId, string keyId, DateTimeOffset at)
    {
        if (Client(clientId) is not { } client)
            return ClientUnknown;
        return client.Key(keyId) switch
        {
            null => new Refusal("key-unknown", "This client has no such key. Check its id against the client's list of keys."),
            { RevokedAt: not null } => Decision<PartnerFact>.Accept(),
            _ => Decision<PartnerFact>.Accept(new ClientKeyRevoked(Id, clientId, keyId, at)),
        };
    }
}
