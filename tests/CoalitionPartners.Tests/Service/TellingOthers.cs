using System.Collections.Concurrent;
using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Messaging;
using Loyalty.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class TellingOthers(TheService service)
{
    [Fact]
    public async Task publishes_what_the_ledger_must_know_and_nothing_of_clients()
    {
        await using var connection = await new ConnectionFactory { Uri = service.Broker.Uri }.CreateConnectionAsync();
        await DeclareAll(connection);
        var (id, code) = await service.Admit();
        await service.PartnerToken(id, "ledger.post");
        await service.Post($"/v1/partners/{id}/stores", new { code = "S2", name = "Two", timeZone = "Europe/Vienna" });
        var midnight = new DateTimeOffset(DateTimeOffset.UtcNow.Date.AddDays(2), TimeSpan.Zero);
        for (var i = 0; i < 2; i++) await service.Post($"/v1/partners/{id}/stores/S2/closing", new { effectiveFrom = midnight });

        await using var channel = await connection.CreateChannelAsync();
        var heard = new ConcurrentQueue<(string Type, JsonElement Event)>();
        await Listen(channel, Subscriptions.PointsLedgerPartners, (type, @event) =>
        {
            if (@event.GetProperty("partnerId").GetGuid() == id)
                heard.Enqueue((type, @event));
        });

        await Eventually.Holds(() => heard.Count == 4);
        // Between contracts there is an order in the versions only: what waits for the relay together is told contract by contract.
        var told = heard.OrderBy(h => h.Event.GetProperty("version").GetInt64()).ToList();
        told.Select(t => t.Type).ShouldBe(["PartnerAdmitted", "AgreementChanged", "StoreOpened", "StoreClosed"]);
        told.Select(t => t.Event.GetProperty("version").GetInt64()).ShouldBe([1L, 2L, 4L, 5L]);
        told[0].Event.GetProperty("code").GetString().ShouldBe(code);
        told[1].Event.GetProperty("issuePrice").GetString().ShouldBe("0.01"); // MassTransit writes decimals as texts, so that none is rounded.
        told[2].Event.GetProperty("store").GetProperty("code").GetString().ShouldBe("S2");
        told[2].Event.GetProperty("store").GetProperty("timeZone").GetString().ShouldBe("Europe/Vienna");
        told[3].Event.GetProperty("store").GetString().ShouldBe("S2");
        told[3].Event.GetProperty("effectiveFrom").GetDateTimeOffset().ShouldBe(midnight);
    }

    [Fact]
    public async Task publishes_offers_and_the_programme_to_whoever_listens()
    {
        await using var connection = await new ConnectionFactory { Uri = service.Broker.Uri }.CreateConnectionAsync();
        await DeclareAll(connection);
        var listening = new Subscription("listener.rules", typeof(OfferPublished), typeof(ProgrammePublished));
        await Topology.Declare(connection, listening);
        await using var channel = await connection.CreateChannelAsync();
        var told = new ConcurrentQueue<(string Type, JsonElement Event)>();
        await Listen(channel, listening, (type, @event) => told.Enqueue((type, @event)));

        await service.PutText("/v1/offers/told", """{"id":"told","name":"Told","kind":"bonus","priority":1,"give":{"multiplier":1.5},"when":{"hours":{"from":"17:00","until":"19:00"}}}""");
        await service.PostText("/v1/offers/told/withdrawal", "");
        await service.PutText("/v1/programme", $$"""
            {"effectiveFrom":"{{DateTimeOffset.UtcNow.AddYears(9):O}}",
             "programme":{"timeZone":"Etc/UTC","rounding":"half-even","expiry":{"kind":"never"},"debt":"cap","reservationMinutes":77} }
            """);

        await Eventually.Holds(() => told.Count(t => t.Type == "OfferPublished" && t.Event.GetProperty("offer").GetProperty("id").GetString() == "told") == 2);
        var offers = told.Where(t => t.Type == "OfferPublished").Select(t => t.Event).Where(o => o.GetProperty("offer").GetProperty("id").GetString() == "told").ToList();
        offers.Select(o => (o.GetProperty("version").GetInt32(), o.GetProperty("withdrawn").GetBoolean())).ShouldBe([(1, false), (2, true)]);
        offers.ShouldAllBe(o => o.GetProperty("offer").GetProperty("give").GetProperty("multiplier").GetString() == "1.5");
        offers.ShouldAllBe(o => o.GetProperty("offer").GetProperty("when").GetProperty("hours").GetProperty("until").GetString()!.StartsWith("19:00"));
        await Eventually.Holds(() => told.Any(t => t.Type == "ProgrammePublished" && t.Event.GetProperty("programme").GetProperty("reservationMinutes").GetInt32() == 77));
    }

    // The relay waits until everybody who subscribes to anything of this service has a queue.
    private static async Task DeclareAll(IConnection connection)
    {
        foreach (var subscription in Subscriptions.All.Where(s => s.Events.Any(e => e.Namespace == typeof(OfferPublished).Namespace)))
            await Topology.Declare(connection, subscription);
    }

    private static async Task Listen(IChannel channel, Subscription subscription, Action<string, JsonElement> told)
    {
        var listener = new AsyncEventingBasicConsumer(channel);
        listener.ReceivedAsync += (_, message) =>
        {
            var body = JsonDocument.Parse(message.Body.ToArray()).RootElement;
            foreach (var @event in body.GetProperty("message").GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event")))
                told(body.GetProperty("messageType")[0].GetString()!.Split(':', ']')[^3], @event);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(subscription.Queue, autoAck: true, listener);
    }
}
