using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Tests.Webhooks;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class ReceivingWebhooks(TheService service)
{
    [Fact]
    public async Task happens_once_signed_and_tells_what_happened_to_the_partner_alone()
    {
        await using var mine = await Partner.Register(service);
        await using var theirs = await Partner.Register(service);
        await Publish(Purchase(mine.Id, 25), Purchase(theirs.Id, 7));
        await Publish(Redemption(mine.Id, 4));

        var issued = (await mine.Receiver.Of(PartnerEventTypes.PointsIssued, 1)).ShouldHaveSingleItem();
        var accepted = (await mine.Receiver.Of(PartnerEventTypes.PointsAccepted, 1)).ShouldHaveSingleItem();
        (await theirs.Receiver.Of(PartnerEventTypes.PointsIssued, 1)).ShouldHaveSingleItem().Event.GetProperty("data").GetProperty("points").GetInt64().ShouldBe(7);
        issued.ContentType.ShouldBe("application/cloudevents+json; charset=utf-8");
        issued.Event.GetProperty("id").GetString().ShouldBe(issued.Id);
        issued.Event.GetProperty("source").GetString().ShouldBe(TheService.Issuer);
        issued.Event.GetProperty("data").GetProperty("points").GetInt64().ShouldBe(25);
        accepted.Event.GetProperty("data").GetProperty("points").GetInt64().ShouldBe(4);
        mine.Receiver.All.ShouldAllBe(r => r.IsSignedWith(mine.Secret) && !r.IsSignedWith(theirs.Secret));
    }

    [Fact]
    public async Task is_of_the_types_that_were_asked_for()
    {
        await using var partner = await Partner.Register(service, PartnerEventTypes.AgreementMade, PartnerEventTypes.ClientRegistered);
        await Publish(Purchase(partner.Id, 1));
        var terms = new { effectiveFrom = DateTimeOffset.UtcNow.AddDays(1), pointsPerUnit = 2, issuePrice = 0.02, redeemPrice = 0.01 };
        (await service.Post($"/v1/partners/{partner.Id}/agreements", terms)).Status.ShouldBe(HttpStatusCode.Created);
        await service.PartnerToken(partner.Id, "ledger.post");

        var registered = (await partner.Receiver.Of(PartnerEventTypes.ClientRegistered, 1))[0].Event.GetProperty("data");
        registered.EnumerateObject().Select(m => m.Name).ShouldBe(["clientId", "name", "scopes"]);
        (await partner.Receiver.Of(PartnerEventTypes.AgreementMade, 1))[0].Event.GetProperty("data").GetProperty("version").GetInt32().ShouldBe(2);
        partner.Receiver.Of(PartnerEventTypes.PointsIssued).ShouldBeEmpty();
    }

    [Fact]
    public async Task is_tried_again_until_it_succeeds()
    {
        await using var partner = await Partner.Register(service);
        var times = 0;
        partner.Receiver.Answer = http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref times) < 3 ? 500 : 204;
            return Task.CompletedTask;
        };
        await Publish(Purchase(partner.Id, 1));

        var delivery = await partner.Delivery(d => d.GetProperty("status").GetString() == "delivered");
        delivery.GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("status").GetInt32()).ShouldBe([500, 500, 204]);
        partner.Receiver.All.Select(r => r.Id).Distinct().ShouldHaveSingleItem();
        partner.Receiver.All.Count.ShouldBe(3);
        (await partner.Shown()).GetProperty("failures").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task is_given_up_in_sight_and_can_be_had_again()
    {
        await using var partner = await Partner.Register(service);
        partner.Receiver.Say(500);
        await Publish(Purchase(partner.Id, 1));
        var failed = await partner.Delivery(d => d.GetProperty("status").GetString() == "failed");
        failed.GetProperty("attempts").GetArrayLength().ShouldBe(4);
        await Eventually.Holds(async () => (await partner.Shown()).GetProperty("failing").GetBoolean().ShouldBeTrue());

        partner.Receiver.Say(200);
        (await partner.Post($"/deliveries/{failed.GetProperty("eventId").GetString()}/replay")).Status.ShouldBe(HttpStatusCode.Accepted);
        await partner.Delivery(d => d.GetProperty("status").GetString() == "delivered");
        await Eventually.Holds(async () => (await partner.Shown()).GetProperty("failing").GetBoolean().ShouldBeFalse());
    }

    [Fact]
    public async Task is_not_held_up_by_another_partner_who_does_not_answer()
    {
        await using var dead = await Partner.Register(service);
        await using var lively = await Partner.Register(service);
        dead.Receiver.Hang();
        await Publish([.. Enumerable.Range(1, 300).Select(i => Purchase(dead.Id, i))]);
        await Eventually.Holds(() => dead.Receiver.All.Count > 0);

        // The other one hangs until its time is over, which is later than this.
        await Publish(Purchase(lively.Id, 1));
        await Eventually.Holds(() => lively.Receiver.Of(PartnerEventTypes.PointsIssued).Count == 1, TimeSpan.FromSeconds(4));
        dead.Receiver.All.Count.ShouldBeLessThanOrEqualTo(8);
    }

    [Fact]
    public async Task is_signed_with_both_secrets_while_they_rotate()
    {
        await using var partner = await Partner.Register(service);
        var first = await partner.Rotate();
        await Publish(Purchase(partner.Id, 1));
        var one = (await partner.Receiver.Of(PartnerEventTypes.PointsIssued, 1))[0];
        (one.Signatures.Length, one.IsSignedWith(partner.Secret), one.IsSignedWith(first)).ShouldBe((2, true, true));

        var second = await partner.Rotate();
        await Publish(Purchase(partner.Id, 2));
        var two = (await partner.Receiver.Of(PartnerEventTypes.PointsIssued, 2))[^1];
        (two.Signatures.Length, two.IsSignedWith(partner.Secret), two.IsSignedWith(first), two.IsSignedWith(second)).ShouldBe((2, true, false, true));
    }

    [Fact]
    public async Task can_be_had_again_from_a_position_on()
    {
        await using var partner = await Partner.Register(service);
        await Publish(Purchase(partner.Id, 1));
        await partner.Receiver.Of(PartnerEventTypes.PointsIssued, 1);
        await Publish(Purchase(partner.Id, 2), Purchase(partner.Id, 3));
        await partner.Receiver.Of(PartnerEventTypes.PointsIssued, 3);
        var from = partner.Receiver.All.Single(r => Points(r) == 2).Position;

        (await partner.Post($"/replay?from={from}")).Status.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.Holds(() => partner.Receiver.All.Count == 5);
        partner.Receiver.All.Select(Points).Order().ShouldBe([1L, 2L, 2L, 3L, 3L]);
        partner.Receiver.All.DistinctBy(r => r.Id).Count().ShouldBe(3);

        await using var late = await Partner.Register(service, partner.Id);
        (await late.Post("/replay?from=0")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await late.Receiver.Of(PartnerEventTypes.PointsIssued, 3)).Select(r => r.Id).ShouldBe(partner.Receiver.Of(PartnerEventTypes.PointsIssued).Select(r => r.Id).Distinct(), ignoreOrder: true);
        (await late.Receiver.Of(PartnerEventTypes.AgreementMade, 1)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task stops_when_the_receiver_is_gone_and_goes_on_when_it_is_resumed()
    {
        await using var partner = await Partner.Register(service);
        partner.Receiver.Say(410);
        await Publish(Purchase(partner.Id, 1));
        await Eventually.Holds(async () => (await partner.Shown()).GetProperty("status").GetString().ShouldBe("disabled"));
        (await partner.Post("/test")).Problem.ShouldBe("webhook-not-active");

        partner.Receiver.Say(200);
        (await partner.Post("/resume")).Body.GetProperty("status").GetString().ShouldBe("active");
        await partner.Delivery(d => d.GetProperty("status").GetString() == "delivered");
    }

    [Fact]
    public async Task waits_while_it_is_paused_and_ends_when_it_is_removed()
    {
        await using var partner = await Partner.Register(service);
        (await partner.Post("/pause")).Body.GetProperty("status").GetString().ShouldBe("paused");
        await Publish(Purchase(partner.Id, 1));
        await partner.Delivery(d => d.GetProperty("status").GetString() == "waiting");
        partner.Receiver.All.ShouldBeEmpty();
        (await partner.Post("/resume")).Status.ShouldBe(HttpStatusCode.OK);
        await partner.Receiver.Of(PartnerEventTypes.PointsIssued, 1);

        (await partner.Remove()).Status.ShouldBe(HttpStatusCode.NoContent);
        (await partner.Remove()).Status.ShouldBe(HttpStatusCode.NoContent);
        (await service.Get(partner.Path, partner.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get(partner.Path + "/deliveries", partner.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task loses_nothing_when_the_service_dies_in_between()
    {
        await using var partner = await Partner.Register(service);
        partner.Receiver.Hang();
        await Publish([.. Enumerable.Range(1, 20).Select(i => Purchase(partner.Id, i))]);
        await Eventually.Holds(() => partner.Receiver.All.Count > 0);
        await service.Restart(() =>
        {
            partner.Receiver.Say(200);
            return Publish([.. Enumerable.Range(21, 20).Select(i => Purchase(partner.Id, i))]);
        });

        // What was under way is taken up again when its time is over.
        await Eventually.Holds(
            async () => (await partner.Deliveries()).Count(d => d.GetProperty("status").GetString() == "delivered").ShouldBe(40), TimeSpan.FromSeconds(60));
        partner.Receiver.Of(PartnerEventTypes.PointsIssued).Select(Points).Distinct().Order().ShouldBe(Enumerable.Range(1, 40).Select(i => (long)i));
    }

    [Fact]
    public async Task can_be_tried_out_in_the_trace_of_nothing_else()
    {
        await using var partner = await Partner.Register(service, PartnerEventTypes.CycleClosed);
        var test = await partner.Post("/test");
        test.Status.ShouldBe(HttpStatusCode.Accepted);
        var received = (await partner.Receiver.Of(PartnerEventTypes.Test, 1))[0];
        received.Id.ShouldBe(test.Body.GetProperty("eventId").GetString());
        received.IsSignedWith(partner.Secret).ShouldBeTrue();
        received.Event.TryGetProperty("position", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task is_nobody_elses_business()
    {
        await using var mine = await Partner.Register(service);
        var (other, _) = await service.Admit();
        var token = await service.PartnerToken(other, "webhooks.manage");
        string[] posts = ["/pause", "/resume", "/test", "/secret-rotation", "/replay?from=0", $"/deliveries/{Guid.NewGuid()}/replay"];
        foreach (var post in posts) (await service.Post(mine.Path + post, new { }, token)).Status.ShouldBe(HttpStatusCode.NotFound, post);
        foreach (var get in new[] { "", "/deliveries" }) (await service.Get(mine.Path + get, token)).Status.ShouldBe(HttpStatusCode.NotFound, get);
        (await service.Send(new(HttpMethod.Delete, mine.Path), token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get("/v1/webhooks", token)).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await service.Get("/v1/webhooks", await service.PartnerToken(mine.Id, "settlement.read"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get("/v1/webhooks")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await mine.Shown()).GetProperty("status").GetString().ShouldBe("active");
    }

    [Theory]
    [InlineData("https://name:word@127.0.0.1/", "webhook-address-not-allowed"), InlineData("ftp://127.0.0.1/", "webhook-address-not-allowed")]
    [InlineData("http://127.0.0.1/#x", "webhook-address-not-allowed"), InlineData("not an address", "webhook-address-not-allowed")]
    [InlineData("https://nobody.invalid/", "webhook-address-not-allowed")]
    public async Task is_refused_at_addresses_that_are_none(string url, string code)
    {
        var (partner, _) = await service.Admit();
        var refused = await service.Post("/v1/webhooks", new { url }, await service.PartnerToken(partner, "webhooks.manage"));
        (refused.Status, refused.Problem).ShouldBe((HttpStatusCode.UnprocessableEntity, code));
    }

    [Fact]
    public async Task is_refused_twice_at_one_address_and_for_what_there_is_not()
    {
        await using var partner = await Partner.Register(service);
        var again = await service.Post("/v1/webhooks", new { url = partner.Receiver.Url }, partner.Token);
        (again.Status, again.Problem).ShouldBe((HttpStatusCode.UnprocessableEntity, "webhook-exists"));
        (await service.Post("/v1/webhooks", new { url = "https://127.0.0.1/", types = new[] { "all" } }, partner.Token)).Problem.ShouldBe("event-type-unknown");
        (await partner.Post("/replay?from=yesterday")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await partner.Post("/replay")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Get(partner.Path + "/deliveries?cursor=x", partner.Token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Get(partner.Path, partner.Token)).Text.ShouldNotContain("whsec");
    }

    private static long Points(Received received) => received.Event.GetProperty("data").GetProperty("points").GetInt64();

    private async Task Publish(params object[] events)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        await ledger.Publish([.. events.Select(e => (Guid.CreateVersion7(), e))]);
    }

    private static PurchaseAccrued Purchase(Guid partner, long points) => new(
        Guid.NewGuid(), partner, "S1", Guid.NewGuid().ToString("N"), points * 100, "EUR", points, 1, new(2023, 6, 5, 10, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow);

    private static PointsRedeemed Redemption(Guid partner, long points) => new(
        Guid.NewGuid(), partner, "S1", Guid.NewGuid().ToString("N"), null, points, [new(partner, "T-1", points)], 1, new(2023, 6, 5, 10, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow);

    /// <summary>A partner with a webhook.</summary>
    private sealed record Partner(TheService Service, Guid Id, string Token, WebhookReceiver Receiver, string Path, string Secret) : IAsyncDisposable
    {
        public static async Task<Partner> Register(TheService service, params string[] types) => await Register(service, (await service.Admit()).Id, types);

        public static async Task<Partner> Register(TheService service, Guid id, params string[] types)
        {
            var token = await service.PartnerToken(id, "webhooks.manage");
            var receiver = await WebhookReceiver.Start();
            var registered = await service.Post("/v1/webhooks", types is [] ? new { url = receiver.Url } : new { url = receiver.Url, types }, token);
            registered.Status.ShouldBe(HttpStatusCode.Created, registered.Text);
            return new(service, id, token, receiver, registered.Headers.Location!.ToString(), registered.Body.GetProperty("secret").GetString()!);
        }

        public Task<Reply> Post(string path) => Service.Post(Path + path, new { }, Token);

        public Task<Reply> Remove() => Service.Send(new(HttpMethod.Delete, Path), Token);

        public async Task<string> Rotate() => (await Post("/secret-rotation")).Body.GetProperty("secret").GetString()!;

        public async Task<JsonElement> Shown() => (await Service.Get(Path, Token)).Body;

        public async Task<IReadOnlyList<JsonElement>> Deliveries() =>
            [.. (await Service.Get(Path + "/deliveries?limit=200", Token)).Body.GetProperty("items").EnumerateArray()];

        /// <summary>The only delivery there is, once it is as it should be.</summary>
        public async Task<JsonElement> Delivery(Func<JsonElement, bool> condition)
        {
            await Eventually.Holds(async () => (await Deliveries()).Count(condition) == 1);
            return (await Deliveries()).ShouldHaveSingleItem();
        }

        public ValueTask DisposeAsync() => Receiver.DisposeAsync();
    }
}
