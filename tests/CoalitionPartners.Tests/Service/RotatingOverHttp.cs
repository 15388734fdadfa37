using System.Globalization;
using System.Net;
using System.Text.Json;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class RotatingOverHttp(TheService service)
{
    [Fact]
    public async Task takes_both_secrets_and_refuses_a_third()
    {
        var client = await Register();
        var second = await service.Post(client.Path + "/secrets", new { });

        second.Status.ShouldBe(HttpStatusCode.Created, second.Text);
        second.Headers.CacheControl!.NoStore.ShouldBeTrue();
        second.Body.GetProperty("secretId").GetInt32().ShouldBe(2);
        second.Body.GetProperty("secrets").GetArrayLength().ShouldBe(2);
        (await Asked(client.Id, client.Secret)).ShouldBe(HttpStatusCode.OK);
        (await Asked(client.Id, Secret(second))).ShouldBe(HttpStatusCode.OK);
        var third = await service.Post(client.Path + "/secrets", new { });
        (third.Status, third.Problem).ShouldBe((HttpStatusCode.UnprocessableEntity, "too-many-secrets"));
    }

    [Fact]
    public async Task refuses_a_revoked_secret_and_goes_on_with_the_other()
    {
        var client = await Register();
        var second = Secret(await service.Post(client.Path + "/secrets", new { }));
        var revoked = await Post(client.Path + "/secrets/1/revocation");
        var again = await Post(client.Path + "/secrets/1/revocation");

        revoked.Status.ShouldBe(HttpStatusCode.OK, revoked.Text);
        again.Text.ShouldBe(revoked.Text);
        (await Asked(client.Id, client.Secret)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Asked(client.Id, second)).ShouldBe(HttpStatusCode.OK);
        (await Post(client.Path + "/secrets/3/revocation")).Problem.ShouldBe("secret-unknown");
        var shown = (await service.Get($"/v1/partners/{client.Partner}")).Body.GetProperty("clients")[0];
        shown.GetProperty("secrets").EnumerateArray().Count(s => s.GetProperty("revokedAt").ValueKind != JsonValueKind.Null).ShouldBe(1);
        shown.ToString().ShouldNotContain(second);
    }

    [Fact]
    public async Task ends_the_old_secret_when_it_was_said_to_end()
    {
        var client = await Register();
        var past = await service.Post(client.Path + "/secrets", new { validUntil = "2020-01-01T00:00:00Z" });
        var soon = DateTimeOffset.UtcNow.AddSeconds(3).ToString("O", CultureInfo.InvariantCulture);
        var second = await service.Post(client.Path + "/secrets", new { validUntil = soon });

        past.Problem.ShouldBe("valid-until-past");
        second.Status.ShouldBe(HttpStatusCode.Created, second.Text);
        await Eventually.Holds(async () => await Asked(client.Id, client.Secret) == HttpStatusCode.Unauthorized);
        (await Asked(client.Id, Secret(second))).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task lets_a_client_rotate_its_own_secret_and_nobody_elses()
    {
        var (client, other) = (await Register(), await Register());
        var token = await service.Token(client.Id, client.Secret);
        var own = await service.Post("/v1/clients/self/secrets", new { }, token);

        own.Status.ShouldBe(HttpStatusCode.Created, own.Text);
        own.Body.GetProperty("clientId").GetString().ShouldBe(client.Id);
        (await Asked(client.Id, Secret(own))).ShouldBe(HttpStatusCode.OK);
        (await service.Post(client.Path + "/secrets", new { }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Post(other.Path + "/secrets", new { }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Post("/v1/clients/self/secrets", new { scopes = new[] { "ledger.redeem" } }, token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Post("/v1/clients/self/secrets", new { })).Problem.ShouldBe("partner-required");
        (await service.Post("/v1/clients/self/secrets", new { }, "")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task finds_a_clients_secret_in_the_log_when_its_snapshot_is_gone()
    {
        var client = await Register();
        await using var source = NpgsqlDataSource.Create(service.Database.Owner);
        await using var command = source.CreateCommand($"delete from mt_doc_partner where id = '{client.Partner}'");
        (await command.ExecuteNonQueryAsync()).ShouldBe(1);

        (await Asked(client.Id, client.Secret)).ShouldBe(HttpStatusCode.OK);
        (await service.Post(client.Path + "/secrets", new { })).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("""{"validUntil":"2026-01-01T00:00:00"}""")]
    [InlineData("""{"validUntil":5}""")]
    [InlineData("""{"secret":"mine"}""")]
    [InlineData("")]
    public async Task refuses_what_it_does_not_understand(string body) =>
        (await service.PostText((await Register()).Path + "/secrets", body)).Status.ShouldBe(HttpStatusCode.BadRequest);

    private async Task<(Guid Partner, string Id, string Secret, string Path)> Register()
    {
        var (partner, _) = await service.Admit();
        var client = await service.Post($"/v1/partners/{partner}/clients", new { name = "till-1", scopes = new[] { "ledger.post" } });
        var id = client.Body.GetProperty("clientId").GetString()!;
        return (partner, id, Secret(client), $"/v1/partners/{partner}/clients/{id}");
    }

    private static string Secret(Reply reply) => reply.Body.GetProperty("clientSecret").GetString()!;

    private async Task<HttpStatusCode> Asked(string client, string secret) =>
        (await service.Form(("grant_type", "client_credentials"), ("client_id", client), ("client_secret", secret))).Status;

    private Task<Reply> Post(string path) => service.Send(new(HttpMethod.Post, path));
}
