using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class CheckingTokens(TheService service)
{
    [Fact]
    public async Task lets_a_token_in_that_was_signed_here() => (await Ask(await Signed(_ => { }))).ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task refuses_expired_tokens_and_those_of_another_issuer_audience_or_type()
    {
        (await Ask(await Signed(t => (t.IssuedAt, t.NotBefore, t.Expires) = (Ago(20), Ago(20), Ago(10))))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(await Signed(t => t.Issuer = "http://elsewhere.test"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(await Signed(t => t.Audience = "somebody"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask(await Signed(t => t.TokenType = "JWT"))).ShouldBe(HttpStatusCode.Unauthorized);

        static DateTime Ago(int minutes) => DateTime.UtcNow.AddMinutes(-minutes);
    }

    [Fact]
    public async Task refuses_a_token_without_signature_or_with_a_changed_body()
    {
        var parts = service.Operator.Split('.');
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""");
        var changed = Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("operator", "operat0r", StringComparison.Ordinal));

        (await Ask($"{none}.{parts[1]}.")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask($"{parts[0]}.{changed}.{parts[2]}")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask("garbage")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Ask("a.b.c")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task refuses_a_token_signed_with_the_public_key_as_a_password()
    {
        var published = Encoding.UTF8.GetBytes((await service.Get("/.well-known/jwks.json", "")).Text);
        (await Ask(await Signed(t => t.SigningCredentials = new(new SymmetricSecurityKey(published) { KeyId = t.SigningCredentials.Key.KeyId }, SecurityAlgorithms.HmacSha256))))
            .ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task goes_on_trusting_its_tokens_after_a_restart()
    {
        await service.Restart();
        (await Ask(service.Operator)).ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpStatusCode> Ask(string token) => (await service.Get("/v1/settlements/status", token)).Status;

    // Signed with the service's own key, taken from where nobody else may look, so that only the one change can be what is refused.
    private async Task<string> Signed(Action<SecurityTokenDescriptor> change)
    {
        await using var database = new Npgsql.NpgsqlConnection(service.Database.Administrator);
        await database.OpenAsync();
        await using var read = new Npgsql.NpgsqlCommand("select kid, private_key from signing_keys order by created_at desc limit 1", database);
        await using var row = await read.ExecuteReaderAsync();
        await row.ReadAsync();
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(row.GetFieldValue<byte[]>(1), out _);
        var token = new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = TheService.Issuer,
            Audience = "loyalty",
            Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = "operator", ["client_id"] = "operator", ["scope"] = "settlement.read", ["jti"] = "1",
            },
            SigningCredentials = new(
                new ECDsaSecurityKey(key) { KeyId = row.GetString(0), CryptoProviderFactory = new() { CacheSignatureProviders = false } },
                SecurityAlgorithms.EcdsaSha256),
        };
        change(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }
}
