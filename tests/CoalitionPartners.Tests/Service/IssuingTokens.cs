using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class IssuingTokens(TheService service)
{
    [Fact]
    public async Task gives_a_partners_client_what_rfc_9068_asks_for()
    {
        var (id, code) = await service.Admit();
        var (client, secret) = await Register(id, "till-1", "ledger.post", "ledger.read");
        var answer = await service.Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Body.GetProperty("token_type").GetString().ShouldBe("Bearer");
        answer.Body.GetProperty("expires_in").GetInt32().ShouldBe(300);
        answer.Body.GetProperty("scope").GetString().ShouldBe("ledger.post ledger.read");
        var token = new JsonWebToken(answer.Body.GetProperty("access_token").GetString());
        token.Typ.ShouldBe("at+jwt");
        token.Alg.ShouldBe("ES256");
        token.Issuer.ShouldBe(TheService.Issuer);
        token.Audiences.ShouldBe(["loyalty"]);
        token.Subject.ShouldBe(client);
        (token.ValidTo - token.IssuedAt).ShouldBe(TimeSpan.FromMinutes(5));
        Claim("client_id").ShouldBe($"{code}.till-1");
        Claim("partner").ShouldBe(id.ToString());
        Claim("partner_code").ShouldBe(code);
        Claim("scope").ShouldBe("ledger.post ledger.read");
        Claim("jti").ShouldNotBeEmpty();
        (await service.Get("/.well-known/jwks.json", "")).Body.GetProperty("keys")[0].GetProperty("kid").GetString().ShouldBe(token.Kid);

        string Claim(string name) => token.GetPayloadValue<string>(name);
    }

    [Fact]
    public async Task takes_basic_authentication_with_encoded_credentials()
    {
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString("operator")}:{Uri.EscapeDataString(TheService.OperatorSecret)}"));
        var answer = await service.Send(Request("Basic " + basic, ("grant_type", "client_credentials"), ("scope", "ledger.read")), "");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        answer.Body.GetProperty("scope").GetString().ShouldBe("ledger.read");
        new JsonWebToken(answer.Body.GetProperty("access_token").GetString()).TryGetPayloadValue<string>("partner", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task refuses_unknown_clients_and_wrong_secrets_alike()
    {
        var (id, code) = await service.Admit();
        var (client, _) = await Register(id, "till-1", "ledger.post");
        var wrong = await Ask(client, "wrong");
        var unknown = await Ask(code + ".till-2", "wrong");
        var nobody = await Ask("' OR 1=1--", "wrong");

        wrong.Status.ShouldBe(HttpStatusCode.Unauthorized);
        wrong.Body.GetProperty("error").GetString().ShouldBe("invalid_client");
        wrong.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Basic");
        wrong.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (unknown.Status, unknown.Text).ShouldBe((wrong.Status, wrong.Text));
        (nobody.Status, nobody.Text).ShouldBe((wrong.Status, wrong.Text));
    }

    [Fact]
    public async Task refuses_a_revoked_client_and_revoking_again_changes_nothing()
    {
        var (id, _) = await service.Admit();
        var (client, secret) = await Register(id, "till-1", "ledger.post");
        (await Ask(client, secret)).Status.ShouldBe(HttpStatusCode.OK);

        var revoked = await service.Post($"/v1/partners/{id}/clients/{client}/revoke", new { });
        revoked.Status.ShouldBe(HttpStatusCode.OK, revoked.Text);
        (await service.Post($"/v1/partners/{id}/clients/{client}/revoke", new { })).Text.ShouldBe(revoked.Text);
        (await Ask(client, secret)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.Post($"/v1/partners/{id}/clients/{client}x/revoke", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task throttles_guessing_for_known_and_unknown_names_alike()
    {
        var (id, _) = await service.Admit();
        var (known, secret) = await Register(id, "till-1", "ledger.post");
        foreach (var name in new[] { known, "NOBODY.till-1" })
        {
            var replies = new List<HttpStatusCode>();
            for (var i = 0; i < 25 && !replies.Contains(HttpStatusCode.TooManyRequests); i++)
                replies.Add((await Ask(name, "guess")).Status);
            replies.Count(s => s == HttpStatusCode.Unauthorized).ShouldBeInRange(10, 20); // Twice the limit where a minute begins in between.
            replies[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        }

        var throttled = await Ask(known, secret);
        throttled.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        throttled.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("invalid_request", "client_id=a&client_secret=b")]
    [InlineData("invalid_request", "grant_type=client_credentials&grant_type=client_credentials&client_id=a&client_secret=b")]
    [InlineData("unsupported_grant_type", "grant_type=password&username=a&password=b")]
    [InlineData("invalid_scope", "grant_type=client_credentials&client_id=operator&client_secret=SECRET&scope=ledger.post")]
    public async Task refuses_as_rfc_6749_has_it(string error, string form)
    {
        var content = new StringContent(form.Replace("SECRET", TheService.OperatorSecret, StringComparison.Ordinal), Encoding.UTF8, "application/x-www-form-urlencoded");
        var reply = await service.Send(new(HttpMethod.Post, "/connect/token") { Content = content }, "");
        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.Body.GetProperty("error").GetString().ShouldBe(error);
    }

    [Theory]
    [InlineData("text/plain", "grant_type=client_credentials", 415)]
    [InlineData("application/json", "{}", 415)]
    [InlineData("application/x-www-form-urlencoded", "", 400)]
    [InlineData("application/x-www-form-urlencoded", "grant_type=client_credentials", 401)]
    public async Task refuses_what_is_no_request(string type, string body, int status)
    {
        var reply = await service.Send(new(HttpMethod.Post, "/connect/token") { Content = new StringContent(body, Encoding.UTF8, type) }, "");
        ((int)reply.Status).ShouldBe(status, reply.Text);
    }

    [Theory]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Bearer x")]
    [InlineData("Basic")]
    public async Task refuses_broken_headers(string header) =>
        (await service.Send(Request(header, ("grant_type", "client_credentials")), "")).Status.ShouldBe(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task takes_credentials_in_one_place_only()
    {
        var reply = await service.Send(Request("Basic YTpi", ("grant_type", "client_credentials"), ("client_id", "a"), ("client_secret", "b")), "");
        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.Body.GetProperty("error").GetString().ShouldBe("invalid_request");
    }

    [Fact]
    public async Task refuses_an_endless_form() =>
        (await service.Form(("grant_type", "client_credentials"), ("client_id", new string('a', 20_000)), ("client_secret", "b")))
            .Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task shows_a_secret_once_and_keeps_none()
    {
        var (id, _) = await service.Admit();
        var (_, secret) = await Register(id, "till-1", "ledger.post");
        (await service.Post($"/v1/partners/{id}/clients", new { name = "till-1", scopes = new[] { "ledger.post" } })).Problem.ShouldBe("client-name-taken");
        (await service.Post($"/v1/partners/{id}/clients", new { name = "till-2", scopes = new[] { "partners.manage" } })).Problem.ShouldBe("scope-not-allowed");
        var shown = (await service.Get($"/v1/partners/{id}")).Text;
        shown.ShouldNotContain(secret);
        shown.ShouldNotContain(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret))), Case.Insensitive);

        await using var database = new Npgsql.NpgsqlConnection(service.Database.Administrator);
        await database.OpenAsync();
        await using var search = new Npgsql.NpgsqlCommand("select count(*) from mt_events e, mt_doc_partner d where position($1 in e.data::text || d.data::text) > 0", database);
        search.Parameters.Add(new() { Value = secret });
        (await search.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task says_where_everything_is()
    {
        var metadata = (await service.Get("/.well-known/oauth-authorization-server", "")).Body;
        metadata.GetProperty("issuer").GetString().ShouldBe(TheService.Issuer);
        metadata.GetProperty("token_endpoint").GetString().ShouldBe(TheService.Issuer + "/connect/token");
        metadata.GetProperty("jwks_uri").GetString().ShouldBe(TheService.Issuer + "/.well-known/jwks.json");
        var key = (await service.Get("/.well-known/jwks.json", "")).Body.GetProperty("keys")[0];
        key.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal).ShouldBe(["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }

    private Task<Reply> Ask(string client, string secret) =>
        service.Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret));

    private async Task<(string Client, string Secret)> Register(Guid partner, string name, params string[] scopes)
    {
        var reply = await service.Post($"/v1/partners/{partner}/clients", new { name, scopes });
        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
        reply.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return (reply.Body.GetProperty("clientId").GetString()!, reply.Body.GetProperty("clientSecret").GetString()!);
    }

    private static HttpRequestMessage Request(string authorization, params (string Key, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Key, f.Value))),
        };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }
}
