using System.Security.Cryptography;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Storage;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>
/// JWTs by which clients authenticate in place of a secret (<c>private_key_jwt</c>, RFC 7523): signed with ES256 by a key of the
/// client, from it and about it, for this authority, for five minutes at most, and each good for one token.
/// </summary>
internal sealed class ClientAssertions(UsedAssertionRows used, AccessTokens authority, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Whose assertion it says to be; null where it is no JWT. Nothing of it is checked.</summary>
    public static string? ClaimedBy(string assertion) => Read(assertion)?.Subject is { Length: > 0 } subject ? subject : null;

    /// <summary>Whether the client has signed it, for us and just now, and it was not used before. From here on it is used.</summary>
    public async Task<bool> Accept(string assertion, ApiClient client, CancellationToken ct)
    {
        if (Read(assertion) is not { } read || read.Subject != client.ClientId || !IsJwtId(read.Id))
            return false;
        var result = await Handler.ValidateTokenAsync(assertion, Parameters(client));
        return result.IsValid && await used.Use(client.ClientId, read.Id, read.ValidTo + ClockSkew, ct);
    }

    private TokenValidationParameters Parameters(ApiClient client) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidIssuer = client.ClientId,
        ValidAudiences = [authority.Issuer, authority.Issuer + "/connect/token"],
        IssuerSigningKeys = client.ValidKeys().Select(Key).ToList(),
        TryAllIssuerSigningKeys = true,
        RequireSignedTokens = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsCurrent(notBefore, expires),
    };

    private bool IsCurrent(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && end <= now + Longest + ClockSkew && (notBefore is not { } start || now > start - ClockSkew);
    }

    private static ECDsaSecurityKey Key(PublicKey key) => new(ECDsa.Create(PublicKeys.Parameters(key.X, key.Y))) { KeyId = key.Id };

    private static JsonWebToken? Read(string assertion)
    {
        try
        {
            return Handler.CanReadToken(assertion) ? Handler.ReadJsonWebToken(assertion) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static bool IsJwtId(string id) => id.Length is >= 1 and <= 128 && id.All(c => c is >= '!' and <= '~');
}
