using Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Features.Clients;

/// <summary>An API client without its secrets.</summary>
internal sealed record ShownApiClient(
    string ClientId, string Name, IReadOnlyList<string> Scopes, DateTimeOffset RegisteredAt, DateTimeOffset? RevokedAt,
    IEnumerable<ShownSecret> Secrets, IEnumerable<ShownKey> Keys)
{
    public static ShownApiClient Of(ApiClient client) => new(
        client.ClientId, client.Name, client.Scopes, client.RegisteredAt, client.RevokedAt, client.Secrets.Select(ShownSecret.Of), client.Keys.Select(ShownKey.Of));
}

/// <summary>When a secret was issued, and until when it is taken.</summary>
/// <param name="ValidUntil">From when on it is no longer taken; null for no such time.</param>
internal sealed record ShownSecret(int SecretId, DateTimeOffset IssuedAt, DateTimeOffset? ValidUntil, DateTimeOffset? RevokedAt)
{
    public static ShownSecret Of(IssuedSecret secret) => new(secret.Id, secret.IssuedAt, secret.ValidUntil, secret.RevokedAt);
}

/// <param name="KeyId">The key's thumbprint, RFC 7638.</param>
internal sealed record ShownKey(string KeyId, DateTimeOffset RegisteredAt, DateTimeOffset? RevokedAt)
{
    public static ShownKey Of(RegisteredKey key) => new(key.Key.Id, key.RegisteredAt, key.RevokedAt);
}
