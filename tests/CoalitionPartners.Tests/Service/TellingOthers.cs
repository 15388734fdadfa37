using System.Collections.Concurrent;
using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Messaging;
using Loyalty.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class TellingOthers(TheService service)
{
    [Fact]
    public async Task publishes_what_the_ledger_must_know_in_order_and_nothing_of_clients()
    {
        await using var connection = await new ConnectionFactory { Uri = service.Broker.Uri }.CreateConnectionAsync();
        await Topology.Declare(connection, Subscriptions.PointsLedgerPartners);
        await Topology.Declare(connection, Subscriptions.PointsLedgerTransactions);
        var (id, code) = await service.Admit();
        await service.PartnerToken(id, "ledger.post");
        await service.Post($"/v1/partners/{id}/stores", new { code = "S2", name = "Two" });

        await using var channel = await connection.CreateChannelAsync();
        var told = new ConcurrentQueue<(string Type, JsonElement Event)>();
        var listener = new AsyncEventingBasicConsumer(channel);
        listener.ReceivedAsync += (_, message) =>
        {
            var body = JsonDocument.Parse(message.Body.ToArray()).RootElement;
            foreach (var @event in body.GetProperty("message").GetProperty("events").EnumerateArray().Select(e => e.GetProperty("event")))
            {
                if (@event.GetProperty("partnerId").GetGuid() == id)
                    told.Enqueue((body.GetProperty("messageType")[0].GetString()!.Split(':', ']')[^3], @event));
            }

            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(Subscriptions.PointsLedgerPartners.Queue, autoAck: true, listener);

        await Eventually.Holds(() => told.Count == 3);
        told.Select(t => t.Type).ShouldBe(["PartnerAdmitted", "AgreementChanged", "StoreOpened"]);
        told.Select(t => t.Event.GetProperty("version").GetInt64()).ShouldBe([1L, 2L, 4L]);
        told.ElementAt(0).Event.GetProperty("code").GetString().ShouldBe(code);
        told.ElementAt(1).Event.GetProperty("issuePrice").GetString().ShouldBe("0.01"); // MassTransit writes decimals as texts, so that none is rounded.
        told.ElementAt(2).Event.GetProperty("store").GetProperty("code").GetString().ShouldBe("S2");
    }
}
