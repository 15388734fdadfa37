using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Tokens(TinyService service, PostgresServer postgres) : IClassFixture<TinyService>
{
    private static readonly Uri Things = new("/v1/things", UriKind.Relative);

    [Fact]
    public async Task bad_tokens_are_401()
    {
        foreach (var (name, token) in service.Tokens.Bad("things.make"))
        {
            using var answer = await Get(service.Url, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, name);
            answer.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token", Case.Sensitive, name);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", name);
        }
    }

    [Fact]
    public async Task no_token_is_401()
    {
        using var stranger = new HttpClient { BaseAddress = service.Url };
        using var answer = await stranger.GetAsync(Things);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"loyalty\"");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Theory]
    [InlineData("things.make", HttpStatusCode.OK)]
    [InlineData("things.read", HttpStatusCode.OK)]
    [InlineData("other things.read", HttpStatusCode.OK)]
    [InlineData("things", HttpStatusCode.Forbidden)]
    [InlineData("things.makes", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task a_token_opens_what_its_scopes_open(string scope, HttpStatusCode status)
    {
        using var answer = await Get(service.Url, service.Tokens.Operator(scope));
        answer.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.Forbidden)
            answer.Headers.WwwAuthenticate.ToString().ShouldContain("insufficient_scope");
    }

    [Fact]
    public async Task the_partner_comes_from_the_token()
    {
        var partner = Guid.NewGuid();
        using var client = TinyService.ClientOf(service.Url, service.Tokens.Partner(partner, "GROCERY", "things.make"));
        (await client.GetStringAsync(new Uri("/v1/me", UriKind.Relative)))
            .ShouldBe($$"""{"clientId":"till-1","partner":"{{partner}}","by":"partner:GROCERY/till-1"}""");
        using var answer = await service.Client.GetAsync(new Uri("/v1/me", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task unknown_keys_do_not_make_the_service_ask_for_keys_at_every_request()
    {
        await using var tokens = await TestTokens.Start();
        var (app, url) = await TinyService.Start(tokens.Authority);
        await using var running = app;
        for (var i = 0; i < 50; i++)
        {
            var kid = "unknown-" + i;
            using var answer = await Get(url, tokens.Issue(c => c["scope"] = "things.make", h => h["kid"] = kid));
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
        tokens.TimesAsked.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task a_service_that_starts_while_the_issuer_is_down_still_knows_its_keys()
    {
        await using var tokens = await TestTokens.Start();
        var database = await postgres.CreateDatabase("keys");
        await Migrations.Run(database.Owner, database.Name, [typeof(Setup).Assembly]);
        await using var connections = EventStoreSetup.Connect(database.Service);
        var (first, url) = await TinyService.Start(tokens.Authority, connections);
        using (var answer = await Get(url, tokens.Operator("things.make")))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await first.StopAsync();
        await tokens.StopServing();

        await using var again = EventStoreSetup.Connect(database.Service);
        var (second, urlAgain) = await TinyService.Start(tokens.Authority, again);
        await using var running = second;
        using var answerAgain = await Get(urlAgain, tokens.Operator("things.make"));
        answerAgain.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task while_no_key_was_ever_seen_callers_are_told_to_come_back()
    {
        await using var tokens = await TestTokens.Start();
        await tokens.StopServing();
        var (app, url) = await TinyService.Start(tokens.Authority);
        await using var running = app;
        using var answer = await Get(url, tokens.Operator("things.make"));
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task nobody_with_a_known_key_waits_for_an_issuer_that_does_not_answer()
    {
        await using var tokens = await TestTokens.Start();
        var clock = new MovableClock();
        var (app, url) = await TinyService.Start(tokens.Authority, clock: clock);
        await using var running = app;
        using (var answer = await Get(url, tokens.Operator("things.make")))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);

        await tokens.StopServing();
        using var silent = new TcpListener(IPAddress.Loopback, new Uri(tokens.Authority).Port);
        silent.Start();
        clock.Ahead = TimeSpan.FromMinutes(10);
        var later = clock.GetUtcNow().ToUnixTimeSeconds();
        var waited = Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            var token = tokens.Issue(c => (c["scope"], c["iat"], c["nbf"], c["exp"]) = ("things.make", later, later, later + 300));
            using var answer = await Get(url, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2.5));
    }

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }

    private static async Task<HttpResponseMessage> Get(Uri url, string token)
    {
        using var client = new HttpClient { BaseAddress = url };
        using var request = new HttpRequestMessage(HttpMethod.Get, Things);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await client.SendAsync(request);
    }
}
