using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class AssertingClients(TheService service)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task get_a_token_for_a_jwt_signed_with_their_key_and_each_jwt_once()
    {
        var (client, key, path) = await Register();
        var assertion = Assertion(client, key, Soon);
        var first = await Ask(assertion);

        first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
        new JsonWebToken(first.Body.GetProperty("access_token").GetString()).Subject.ShouldBe(client);
        (await Ask(assertion)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, Soon))).Status.ShouldBe(HttpStatusCode.OK);
        await service.Restart();
        (await Ask(assertion)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var keyId = (await service.Get(path)).Body.GetProperty("clients")[0].GetProperty("keys")[0].GetProperty("keyId").GetString();
        (await service.Send(new(HttpMethod.Post, $"{path}/clients/{client}/keys/{keyId}/revocation"))).Status.ShouldBe(HttpStatusCode.OK);
        (await Ask(Assertion(client, key, Soon))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task get_none_for_a_jwt_of_another_time_place_key_or_subject()
    {
        var (client, key, _) = await Register();
        var (other, _, _) = await Register();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        (await Ask(Assertion(client, key, TimeSpan.FromMinutes(10)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, TimeSpan.FromMinutes(-1)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, Soon, d => d.Audience = "https://elsewhere.test"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, Soon, d => d.Issuer = other))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, Soon, d => d.Claims.Remove("jti")))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, stranger, Soon))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(other, key, Soon))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion("operator", key, Soon))).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task get_none_for_what_is_not_signed_with_es256()
    {
        var (client, key, _) = await Register();
        var parts = Assertion(client, key, Soon).Split('.');
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        var shared = new SymmetricSecurityKey(key.ExportSubjectPublicKeyInfo());

        (await Ask($"{none}.{parts[1]}.")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask("garbage")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask("a.b.c")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(Assertion(client, key, Soon, d => d.SigningCredentials = new(shared, SecurityAlgorithms.HmacSha256)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.Form(("grant_type", "client_credentials"), ("client_assertion", "a.b.c"), ("client_assertion_type", "x"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Form(("grant_type", "client_credentials"), ("client_assertion", "a.b.c"), ("client_secret", "x"))).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task keep_keys_that_are_points_of_the_curve_each_once()
    {
        var (client, key, path) = await Register();
        var jwk = Jwk(key);

        (await service.Post($"{path}/clients/{client}/keys", jwk)).Status.ShouldBe(HttpStatusCode.Created);
        (await service.Get(path)).Body.GetProperty("clients")[0].GetProperty("keys").GetArrayLength().ShouldBe(1);
        (await service.Post($"{path}/clients/{client}/keys", jwk with { x = jwk.y })).Problem.ShouldBe("invalid-request");
        (await service.Post($"{path}/clients/{client}/keys", jwk with { crv = "P-384" })).Problem.ShouldBe("invalid-request");
        (await service.Post($"{path}/clients/{client}/keys", new { jwk.kty, jwk.crv, jwk.x, jwk.y, d = "private" })).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<(string Client, ECDsa Key, string Path)> Register()
    {
        var (partner, _) = await service.Admit();
        var path = $"/v1/partners/{partner}";
        var client = (await service.Post(path + "/clients", new { name = "till-1", scopes = new[] { "ledger.post" } })).Body.GetProperty("clientId").GetString()!;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var registered = await service.Post($"{path}/clients/{client}/keys", Jwk(key));
        registered.Status.ShouldBe(HttpStatusCode.Created, registered.Text);
        return (client, key, path);
    }

    private static PublicJwk Jwk(ECDsa key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return new("EC", "P-256", Base64UrlEncoder.Encode(q.X), Base64UrlEncoder.Encode(q.Y));
    }

    private static string Assertion(string client, ECDsa key, TimeSpan lifetime, Action<SecurityTokenDescriptor>? change = null)
    {
        var (now, jti) = (DateTime.UtcNow, Guid.NewGuid().ToString());
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = client,
            Audience = TheService.Issuer,
            IssuedAt = now.AddMinutes(-2),
            NotBefore = now.AddMinutes(-2),
            Expires = now + lifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = client, ["jti"] = jti },
            SigningCredentials = new(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    private Task<Reply> Ask(string assertion) => service.Form(
        ("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion));

#pragma warning disable SA1300, IDE1006 // These are the names in a JWK.
    private sealed record PublicJwk(string kty, string crv, string x, string y);
#pragma warning restore SA1300, IDE1006
}
