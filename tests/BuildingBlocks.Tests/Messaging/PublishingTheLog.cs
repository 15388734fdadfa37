using System.Text.Json.Nodes;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

public sealed class PublishingTheLog(PostgresServer postgres, RabbitServer rabbit)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task tells_every_event_once_under_its_own_id_and_those_of_a_contract_in_the_order_of_the_log()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CoalitionPartnersSettlement, Ct);
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await coalition.Accrue(0, 2000);
        await coalition.StartLedger();
        await coalition.Accrue(2000, 500);

        var told = await Drain(connection, Subscriptions.CoalitionPartnersSettlement, 2500);

        var accruals = await coalition.PublishedIds("earned");
        told.Where(accruals.ToHashSet().Contains).ShouldBe(accruals);
        var redemptions = await coalition.PublishedIds("spent");
        told.Where(redemptions.ToHashSet().Contains).ShouldBe(redemptions);
        told.Count.ShouldBe(accruals.Count + redemptions.Count);
        await Eventually.Holds(async () => await coalition.Mark() == await coalition.End());
    }

    [Fact]
    public async Task puts_the_events_of_one_contract_together_up_to_five_hundred()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CoalitionPartnersSettlement, Ct);
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await coalition.Accrue(0, 750);
        await coalition.StartLedger();

        // The log holds 750 events of interest and 250 of none.
        var pages = await Messages(connection, Subscriptions.CustomersActivity, 750);

        pages.Select(page => page.Events.Count).ShouldBe([500, 250]);
        pages.ShouldAllBe(page => page.Message.BasicProperties.MessageId == page.Events[0].Id);
    }

    [Fact]
    public async Task waits_for_every_subscribed_queue_and_names_the_missing_one()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using var connection = await coalition.Connect();
        await coalition.StartSettlement();
        await coalition.Accrue(0, 10);
        var ledger = await coalition.StartLedger();

        await Eventually.Holds(async () =>
            (await Coalition.HealthOf(ledger, "relay")).Description!.Contains("the queue customers.activity does not exist", StringComparison.Ordinal));
        (await Coalition.HealthOf(ledger, "relay")).Status.ShouldBe(HealthStatus.Degraded);

        // The queue alone is not enough: without its bindings RabbitMQ would confirm and drop.
        await Topology.Declare(connection, new(Subscriptions.CustomersActivity.Queue, Subscriptions.CustomersActivity.Events[0]), Ct);
        await Eventually.Holds(async () => (await Coalition.HealthOf(ledger, "relay")).Description!
            .Contains("customers.activity is not bound to PointsRedeemed", StringComparison.Ordinal));
        (await coalition.Mark()).ShouldBe(0);

        await coalition.StartActivity();
        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).Count.ShouldBe(10));
        await Eventually.Holds(async () => (await Coalition.HealthOf(ledger, "relay")).Status.ShouldBe(HealthStatus.Healthy));
    }

    [Fact]
    public async Task is_taken_over_by_the_process_that_stands_by()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.StartActivity();
        await coalition.StartSettlement();
        var first = await coalition.StartLedger();
        await coalition.Accrue(0, 10);
        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).Count.ShouldBe(10));
        var second = await coalition.StartLedger();
        await Eventually.Holds(async () => (await Coalition.HealthOf(second, "relay")).Description!.Contains("stands by", StringComparison.Ordinal));

        await coalition.Stop(first);
        await coalition.Accrue(10, 10);

        await Eventually.Holds(async () =>
            (await coalition.Effects(Subscriptions.CustomersActivity)).ShouldBe(await coalition.Recorded(), ignoreOrder: true), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task loses_and_doubles_nothing_when_the_broker_restarts_under_load()
    {
        await using var own = new RabbitServer();
        await using var coalition = await Coalition.Create(postgres, own);
        await coalition.StartAll();
        using var enough = new CancellationTokenSource();
        var load = Task.Run(
            async () =>
            {
                var next = 0;
                using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
                for (; !enough.IsCancellationRequested && await pace.WaitForNextTickAsync(Ct); next += 10)
                    await coalition.Accrue(next, 10);
                return next;
            },
            Ct);
        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CoalitionPartnersSettlement)).Count > 100);

        await own.Stop();
        await own.Start();
        await enough.CancelAsync();
        var total = await load;

        await Eventually.Holds(
            async () => (await coalition.Effects(Subscriptions.CoalitionPartnersSettlement)).Order(StringComparer.Ordinal)
                .ShouldBe(Enumerable.Range(0, total).Select(n => $"t{n}").Order(StringComparer.Ordinal)),
            TimeSpan.FromSeconds(60));
        (await new DeadLetters(coalition.Broker).List(ct: Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task belongs_to_the_trace_of_the_request_that_caused_the_event()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CoalitionPartnersSettlement, Ct);
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await coalition.StartLedger();

        await coalition.Accrue(0, 1, new Origin("partner:GROCERY/till-1", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

        var told = await Messages(connection, Subscriptions.CustomersActivity, 1);
        told.ShouldHaveSingleItem().Events[0].TraceParent!.ShouldStartWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
    }

    private static async Task<IReadOnlyList<string>> Drain(IConnection connection, Subscription subscription, int events) =>
        [.. (await Messages(connection, subscription, events)).SelectMany(page => page.Events).Select(e => e.Id)];

    private static async Task<IReadOnlyList<(BasicDeliverEventArgs Message, IReadOnlyList<(string Id, string? TraceParent)> Events)>> Messages(
        IConnection connection, Subscription subscription, int events)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var received = new List<(BasicDeliverEventArgs, IReadOnlyList<(string Id, string? TraceParent)> Events)>();
        var all = new TaskCompletionSource();
        consumer.ReceivedAsync += (_, message) =>
        {
            var page = JsonNode.Parse(message.Body.Span)!["message"]!["events"]!.AsArray();
            received.Add((message, [.. page.Select(told => ((string)told!["id"]!, (string?)told["traceParent"]))]));
            if (received.Sum(m => m.Events.Count) == events)
                all.SetResult();
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(subscription.Queue, autoAck: true, consumer, Ct);
        await all.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        return received;
    }
}
