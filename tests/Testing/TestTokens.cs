using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Loyalty.Testing;

/// <summary>
/// Issues access tokens as CoalitionPartners does, and serves the key set that a service checks them against, so that a service
/// is tested without the one that issues tokens.
/// </summary>
public sealed class TestTokens : IAsyncDisposable
{
    /// <summary>The key id of the genuine key.</summary>
    public const string KeyId = "test-1";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication server;
    private int asked;

    private TestTokens(int port)
    {
        Authority = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Authority);
        server = builder.Build();
        server.MapGet("/.well-known/jwks.json", () =>
        {
            Interlocked.Increment(ref asked);
            return Results.Text(Keys, "application/json");
        });
    }

    /// <summary>The issuer: what <c>Auth:Authority</c> must be.</summary>
    public string Authority { get; }

    /// <summary>How often somebody fetched the keys.</summary>
    public int TimesAsked => asked;

    /// <summary>The key set as JSON.</summary>
    public string Keys
    {
        get
        {
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            return JsonSerializer.Serialize(new
            {
                keys = new[]
                {
                    new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = KeyId, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) },
                },
            });
        }
    }

    /// <summary>The configuration that makes a service trust these tokens.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Auth__Authority"] = Authority };

    /// <summary>Starts serving the keys.</summary>
    public static async Task<TestTokens> Start()
    {
        var tokens = new TestTokens(FreePorts.Take());
        await tokens.server.StartAsync();
        return tokens;
    }

    /// <summary>Stops serving the keys, as an issuer that is down; tokens can still be made.</summary>
    public Task StopServing() => server.StopAsync();

    /// <summary>A token of a partner's client.</summary>
    public string Partner(Guid partner, string code, params string[] scopes) => Issue(claims =>
    {
        claims["client_id"] = "till-1";
        claims["sub"] = "till-1";
        claims["partner"] = partner.ToString();
        claims["partner_code"] = code;
        claims["scope"] = string.Join(' ', scopes);
    });

    /// <summary>A token of the operator's client.</summary>
    public string Operator(params string[] scopes) => Issue(claims => claims["scope"] = string.Join(' ', scopes));

    /// <summary>A token whose claims, and header, are changed before it is signed.</summary>
    public string Issue(Action<Dictionary<string, object>> claims, Action<Dictionary<string, object>>? header = null, ECDsa? signedWith = null)
    {
        var (head, body) = Parts(claims, header);
        return $"{head}.{body}.{Base64Url.EncodeToString((signedWith ?? key).SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256))}";
    }

    /// <summary>Every token that must be refused with 401, with its name, made from a good one of these scopes.</summary>
    public IEnumerable<(string Name, string Token)> Bad(params string[] scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        var scope = string.Join(' ', scopes);
        var good = Operator(scopes);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        yield return ("expired", Issue(c => (c["scope"], c["iat"], c["nbf"], c["exp"]) = (scope, now - 900, now - 900, now - 600)));
        yield return ("not valid yet", Issue(c => (c["scope"], c["iat"], c["nbf"], c["exp"]) = (scope, now + 600, now + 600, now + 900)));
        yield return ("without expiry", Issue(c => { c["scope"] = scope; c.Remove("exp"); }));
        yield return ("another issuer", Issue(c => (c["scope"], c["iss"]) = (scope, "https://elsewhere.example")));
        yield return ("another audience", Issue(c => (c["scope"], c["aud"]) = (scope, "elsewhere")));
        yield return ("another key", Issue(c => c["scope"] = scope, signedWith: otherKey));
        yield return ("an unknown key id", Issue(c => c["scope"] = scope, h => h["kid"] = "test-2", otherKey));
        yield return ("no key id", Issue(c => c["scope"] = scope, h => h.Remove("kid")));
        yield return ("an id token's type", Issue(c => c["scope"] = scope, h => h["typ"] = "JWT"));
        yield return ("alg none", Unsigned(scope));
        yield return ("alg HS256 with the public key as secret", SignedWithPublicKey(scope));
        yield return ("tampered claims", Tampered(good));
        yield return ("tampered signature", good[..^4] + (good.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"));
        yield return ("no signature", good[..(good.LastIndexOf('.') + 1)]);
        yield return ("garbage", "garbage");
        yield return ("garbage in three parts", "a.b.c");
        yield return ("garbage in base64", "e30.e30.e30");
        yield return ("an injection", "' OR 1=1--");
        yield return ("9 kB", new string('a', 9000));
        yield return ("a partner that is no id", Issue(c => (c["scope"], c["partner"]) = (scope, "' OR 1=1--")));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        key.Dispose();
    }

    private string Unsigned(string scope)
    {
        var (head, body) = Parts(c => c["scope"] = scope, h => h["alg"] = "none");
        return $"{head}.{body}.";
    }

    private string SignedWithPublicKey(string scope)
    {
        var (head, body) = Parts(c => c["scope"] = scope, h => h["alg"] = "HS256");
        var secret = Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem());
        return $"{head}.{body}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{head}.{body}")))}";
    }

    private static string Tampered(string token)
    {
        var parts = token.Split('.');
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("\"operator\"", "\"overlord\"", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{parts[2]}";
    }

    private (string Header, string Claims) Parts(Action<Dictionary<string, object>> change, Action<Dictionary<string, object>>? changeHeader)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = new Dictionary<string, object>(StringComparer.Ordinal) { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = KeyId };
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Authority,
            ["aud"] = "loyalty",
            ["sub"] = "operator",
            ["client_id"] = "operator",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
            ["jti"] = Guid.NewGuid().ToString(),
        };
        changeHeader?.Invoke(header);
        change(claims);
        return (Encoded(header), Encoded(claims));
    }

    private static string Encoded(Dictionary<string, object> part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
