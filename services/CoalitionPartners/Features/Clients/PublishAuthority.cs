using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Identity;
using Loyalty.CoalitionPartners.Storage;

namespace Loyalty.CoalitionPartners.Features.Clients;

/// <summary>What others need to check tokens of this authority: its public keys (RFC 7517) and where everything is (RFC 8414).</summary>
internal static class PublishAuthority
{
    public static void MapPublishAuthority(this IEndpointRouteBuilder app)
    {
        app.MapGet("/.well-known/jwks.json", async (SigningKeys keys, HttpContext http, CancellationToken ct) =>
            {
                http.Response.Headers.CacheControl = "public, max-age=60";
                return TypedResults.Text(await keys.JwkSet(ct), "application/json");
            })
            .AllowAnonymous()
            .WithSummary("Public keys")
            .WithDescription("The keys that sign access tokens, newest first.");

        app.MapGet("/.well-known/oauth-authorization-server", (AccessTokens tokens) => TypedResults.Json(Metadata(tokens.Issuer)))
            .AllowAnonymous()
            .WithSummary("Authorization server metadata")
            .WithDescription("Where tokens and keys are, after RFC 8414.");
    }

    private static Dictionary<string, object> Metadata(string issuer) => new(StringComparer.Ordinal)
    {
        ["issuer"] = issuer,
        ["token_endpoint"] = issuer + "/connect/token",
        ["jwks_uri"] = issuer + "/.well-known/jwks.json",
        ["grant_types_supported"] = new[] { "client_credentials" },
        ["response_types_supported"] = Array.Empty<string>(),
        ["token_endpoint_auth_methods_supported"] = new[] { "client_secret_basic", "client_secret_post", "private_key_jwt" },
        ["token_endpoint_auth_signing_alg_values_supported"] = new[] { "ES256" },
        ["scopes_supported"] = Partner.GrantableScopes.Union(ApiClients.OperatorScopes),
    };
}
