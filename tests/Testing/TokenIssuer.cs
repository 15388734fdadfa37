using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.Testing;

/// <summary>Issues access tokens as CoalitionPartners does, for a service that runs by itself.</summary>
public sealed class TokenIssuer : IAsyncDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(30);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string kid = Guid.NewGuid().ToString("N");
    private readonly WebApplication web;

    private TokenIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Url = new Uri($"http://127.0.0.1:{FreePorts.Text(FreePorts.Take())}");
        builder.WebHost.UseUrls(Url.ToString());
        web = builder.Build();
        web.MapGet("/.well-known/jwks.json", () => Results.Text(Keys(), "application/json"));
    }

    /// <summary>Its address: <c>Auth:Authority</c>.</summary>
    public Uri Url { get; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<TokenIssuer> Start()
    {
        var issuer = new TokenIssuer();
        await issuer.web.StartAsync();
        return issuer;
    }

    /// <summary>A token for a client with scopes (separated by spaces), of a partner or, without one, of an operator.</summary>
    public string Token(string clientId, string scope, Guid? partner = null, string? partnerCode = null)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Url.ToString().TrimEnd('/'),
            ["aud"] = "loyalty",
            ["sub"] = clientId,
            ["client_id"] = clientId,
            ["scope"] = scope,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Validity).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
        };
        if (partner is not null)
        {
            claims["partner"] = partner.Value.ToString();
            claims["partner_code"] = partnerCode ?? "PARTNER";
        }

        var content = $"{Encode(new { alg = "ES256", typ = "at+jwt", kid })}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The same as the header of a request.</summary>
    public AuthenticationHeaderValue Bearer(string clientId, string scope, Guid? partner = null, string? partnerCode = null) =>
        new("Bearer", Token(clientId, scope, partner, partnerCode));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        key.Dispose();
    }

    private string Keys()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) },
            },
        });
    }

    private static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
