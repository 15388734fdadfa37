using Loyalty.CoalitionPartners.Storage;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>Access tokens after RFC 9068, which every service of the coalition can check without asking this one.</summary>
internal sealed class AccessTokens(SigningKeys keys, IConfiguration configuration, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly string audience = configuration["Auth:Audience"] is { Length: > 0 } configured ? configured : "loyalty";

    /// <summary>Who issues: the base URL of this service as others see it.</summary>
    public string Issuer { get; } = configuration["Auth:Authority"]?.TrimEnd('/') ?? throw new InvalidOperationException("Auth:Authority is not set.");

    public async Task<string> Issue(AuthenticatedClient client, IEnumerable<string> scopes, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = client.ClientId,
            ["client_id"] = client.ClientId,
            ["scope"] = string.Join(' ', scopes),
            ["jti"] = Guid.CreateVersion7().ToString(),
        };
        if (client.Partner is { } partner)
        {
            claims["partner"] = partner.ToString();
            claims["partner_code"] = client.PartnerCode!;
        }

        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = new SigningCredentials(await keys.Current(ct), SecurityAlgorithms.EcdsaSha256),
        });
    }
}
