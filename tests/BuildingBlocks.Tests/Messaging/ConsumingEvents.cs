using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

public sealed class ConsumingEvents(PostgresServer postgres, RabbitServer rabbit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task keeps_the_order_of_a_queue()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.Accrue(0, 1500);
        await coalition.StartAll();

        // What is told together is of one contract, so the order holds within each.
        foreach (var subscription in new[] { Subscriptions.CustomersActivity, Subscriptions.CoalitionPartnersSettlement })
        {
            await Eventually.Holds(async () => (await coalition.Effects(subscription)).Count.ShouldBe(1500), Patience);
            var effects = await coalition.Effects(subscription);
            effects.Where(Accrual).ShouldBe((await coalition.Recorded()).Where(Accrual));
            effects.Where(id => !Accrual(id)).ShouldBe((await coalition.Recorded()).Where(id => !Accrual(id)));
        }
    }

    [Fact]
    public async Task happens_once_however_often_the_whole_log_is_told_again()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.Accrue(0, 300);
        await coalition.StartAll();
        await Settled(coalition, 300);

        // One more event than before tells when everything that was told again has been received.
        await Replay.From(coalition.Log, ct: Ct);
        await Eventually.Holds(async () => await coalition.Mark() == await coalition.End());
        await Replay.From(coalition.Log, ct: Ct);
        await coalition.Accrue(300, 3);
        await Settled(coalition, 303);
    }

    [Fact]
    public async Task applies_repeats_once_and_in_order()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.Accrue(0, 50);
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CoalitionPartnersSettlement, Ct);
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await coalition.StartLedger();
        await Eventually.Holds(async () => await coalition.Mark() == await coalition.End());
        await Replay.From(coalition.Log, ct: Ct);
        await Eventually.Holds(async () => await coalition.Mark() == await coalition.End());

        // Everything lies in the queue twice when the consumer starts.
        await coalition.StartSettlement();
        await Settled(coalition, 50);
        (await coalition.Effects(Subscriptions.CoalitionPartnersSettlement)).Where(Accrual)
            .ShouldBe((await coalition.Recorded()).Where(Accrual));
    }

    [Theory]
    [InlineData("coalition-partners.settlement")]
    [InlineData("customers.activity")]
    public async Task parks_only_the_event_that_fails_until_it_is_put_back(string queue)
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        var subscription = Subscriptions.All.Single(s => s.Queue == queue);
        coalition.Misfortune.Strikes = id => id == "t4" ? throw new InvalidOperationException("t4 is too much for me") : Task.CompletedTask;
        await coalition.Accrue(0, 30);
        await coalition.StartAll();
        await Eventually.Holds(async () => (await coalition.Effects(subscription)).Count.ShouldBe(29));

        var bad = (await coalition.PublishedIds())[(await coalition.Recorded()).ToList().IndexOf("t4")];
        var letters = new DeadLetters(coalition.Broker);
        await Eventually.Holds(async () => (await letters.List(ct: Ct)).Count.ShouldBe(2));
        for (var looks = 0; looks < 3; looks++)
        {
            var found = (await letters.List(ct: Ct)).Single(q => q.Queue == queue);
            found.Count.ShouldBe(1);
            found.First[0].Reason!.ShouldContain("too much for me");
            found.First[0].MessageType!.ShouldContain("PurchaseAccrued");
            found.First[0].Reason!.ShouldContain("1 of 20 events failed. " + bad);
            found.First[0].EventIds.ShouldContain(bad);
            found.First[0].EventIds.Count.ShouldBe(20);
        }

        var triedAgain = new ConcurrentBag<string>();
        coalition.Misfortune.Strikes = id =>
        {
            triedAgain.Add(id);
            return Task.CompletedTask;
        };
        (await letters.Redrive(queue, Ct)).ShouldBe(1);
        await Eventually.Holds(async () => (await coalition.Effects(subscription)).Order(StringComparer.Ordinal)
            .ShouldBe(Enumerable.Range(0, 30).Select(n => $"t{n}").Order(StringComparer.Ordinal)));
        triedAgain.ShouldHaveSingleItem().ShouldBe("t4");
        (await letters.List(ct: Ct)).ShouldNotContain(q => q.Queue == queue);
    }

    [Fact]
    public async Task happens_in_the_trace_of_each_event_though_they_come_together()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Loyalty.Messaging" or "MassTransit",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var traces = new[] { ActivityTraceId.CreateRandom().ToHexString(), ActivityTraceId.CreateRandom().ToHexString() };
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.Accrue(0, 1, new("partner:GROCERY/till-1", $"00-{traces[0]}-00f067aa0ba902b7-01"));
        await coalition.Accrue(1, 1, new("partner:GROCERY/till-1", $"00-{traces[1]}-00f067aa0ba902b7-01"));
        await coalition.Accrue(3, 1);
        await coalition.StartAll();
        await Settled(coalition, "t0", "t1", "t3");
        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).Count.ShouldBe(3));

        foreach (var trace in traces)
        {
            await Eventually.Holds(() =>
            {
                var own = spans.Where(span => span.TraceId.ToHexString() == trace).ToList();
                var told = own.Where(span => span.Kind == ActivityKind.Producer).ShouldHaveSingleItem();
                own.Where(span => span.Kind == ActivityKind.Consumer).Select(span => span.ParentSpanId).ShouldBe([told.SpanId, told.SpanId]);
                return Task.CompletedTask;
            });
        }
    }

    [Theory]
    [InlineData("""{"messageType":["urn:message:Loyalty.Contracts.PointsLedger.V9:PointsMelted"],"message":{"points":1}}""")]
    [InlineData("""{"messageType":["urn:message:Loyalty.Contracts:Page[[Loyalty.Contracts.PointsLedger.V1:PurchaseAccrued]]"],"message":{"events":[{"id":"0198a1c2-0000-7000-8000-000000000001","event":{"points":1}}]}}""")]
    [InlineData("""{"messageType":["urn:message:Loyalty.Contracts:Page[[Loyalty.Contracts.PointsLedger.V1:PurchaseAccrued]]"],"message":{"points":1}}""")]
    [InlineData("""{"messageType":["urn:message:Loyalty.Contracts:Page[[Loyalty.Contracts.PointsLedger.V1:PurchaseAccrued]]"],"message":{"events":[{"id":"0198a1c2-0000-7000-8000-000000000001","event":{"accountId":"0198a1c2-0000-7000-8000-000000000002","partnerId":"0198a1c2-0000-7000-8000-000000000003","store":"S1","transactionId":"t1","amountMinor":100,"points":1,"agreementVersion":1,"occurredAt":"2026-01-01T00:00:00Z","recordedAt":"2026-01-01T00:00:00Z"}}]}}""")]
    [InlineData("no message at all")]
    public async Task drops_nothing_that_it_does_not_understand(string body)
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.StartActivity();
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", MessageId = Guid.NewGuid().ToString() };
        await channel.BasicPublishAsync("customers.activity", "", mandatory: true, properties, Encoding.UTF8.GetBytes(body), Ct);

        var letters = new DeadLetters(coalition.Broker);
        await Eventually.Holds(async () =>
        {
            var letter = (await letters.List(ct: Ct)).ShouldHaveSingleItem().First.ShouldHaveSingleItem();
            letter.Body.ShouldBe(body);
            letter.MessageId.ShouldBe(properties.MessageId);
            letter.Reason.ShouldNotBeNullOrEmpty();
        });
        (await coalition.Effects(Subscriptions.CustomersActivity)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"messageId":"0198a1c2-0000-7000-8000-000000000001","messageType":["TYPE"],"message":PAGE,"headers":{}}""")]
    [InlineData("""{"host":{"machineName":"till"},"headers":{"a":"b"},"message":PAGE,"messageType":["TYPE"]}""")]
    [InlineData("""{"messageType":["urn:message:Elsewhere:Thing","TYPE"],"Message":PAGE,"sourceAddress":"rabbitmq://there/x","extra":[{}]}""")]
    public async Task takes_a_page_however_its_envelope_is_written(string envelope)
    {
        const string Page =
            """
            {"events":[{"id":"0198a1c2-0000-7000-8000-000000000001","extra":1,"event":{"accountId":"0198a1c2-0000-7000-8000-000000000002",
            "partnerId":"0198a1c2-0000-7000-8000-000000000003","store":"S1","transactionId":"t1","amountMinor":100,"currency":"EUR","points":1,
            "agreementVersion":1,"occurredAt":"2026-01-01T00:00:00Z","recordedAt":"2026-01-01T00:00:00Z"}}]}
            """;
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await coalition.StartActivity();
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CustomersActivity, Ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Ct);
        var body = envelope.Replace("TYPE", "urn:message:Loyalty.Contracts:Page[[Loyalty.Contracts.PointsLedger.V1:PurchaseAccrued]]", StringComparison.Ordinal)
            .Replace("PAGE", Page, StringComparison.Ordinal);
        await channel.BasicPublishAsync(
            "customers.activity", "", mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, Encoding.UTF8.GetBytes(body), Ct);

        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).ShouldHaveSingleItem().ShouldBe("t1"));
    }

    [Fact]
    public async Task waits_out_a_restart_of_the_database()
    {
        await using var own = new PostgresServer();
        await using var coalition = await Coalition.Create(own, rabbit);
        await coalition.Accrue(0, 600);
        await coalition.StartAll();
        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).Count > 10);

        await own.Kill();
        await own.Start();

        await Eventually.Holds(async () => (await coalition.Effects(Subscriptions.CustomersActivity)).Count.ShouldBe(600), Patience);
        await Settled(coalition, 600);
        (await new DeadLetters(coalition.Broker).List(ct: Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task gives_back_what_waits_for_the_database_when_the_service_stops()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        coalition.Misfortune.Strikes = _ => throw new IOException("the database is away");
        await coalition.Accrue(0, 5);
        await coalition.StartLedger();
        await coalition.StartSettlement();
        var activity = await coalition.StartActivity();
        await Eventually.Holds(async () => await coalition.Mark() == await coalition.End());

        await coalition.Stop(activity);
        coalition.Misfortune.Strikes = _ => Task.CompletedTask;
        await coalition.StartActivity();

        await Eventually.Holds(async () =>
            (await coalition.Effects(Subscriptions.CustomersActivity)).ShouldBe(await coalition.Recorded(), ignoreOrder: true));
        (await new DeadLetters(coalition.Broker).List(ct: Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task tries_again_when_somebody_else_was_faster()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        var conflicts = 0;
        coalition.Misfortune.Strikes = _ => Interlocked.Increment(ref conflicts) <= 10 ? throw new ConcurrencyException() : Task.CompletedTask;
        await coalition.Accrue(0, 2);
        await coalition.StartAll();

        await Settled(coalition, 2);
        conflicts.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void is_refused_at_the_start_when_an_event_of_the_queue_has_no_consumer()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Broker:Uri", "amqp://a:b@localhost/")]).Build();

        Should.Throw<InvalidOperationException>(() => new ServiceCollection().AddMessaging(configuration, "customers", m =>
            m.Consume<NoteAccrued>(Subscriptions.CustomersActivity))).Message.ShouldContain("PointsRedeemed");
    }

    private static bool Accrual(string transactionId) => int.Parse(transactionId[1..]) % 3 != 2;

    private static Task Settled(Coalition coalition, int count) => Settled(coalition, [.. Enumerable.Range(0, count).Select(n => $"t{n}")]);

    private static Task Settled(Coalition coalition, params string[] transactions) => Eventually.Holds(
        async () => (await coalition.Effects(Subscriptions.CoalitionPartnersSettlement)).Order(StringComparer.Ordinal)
            .ShouldBe(transactions.Order(StringComparer.Ordinal)),
        Patience);
}
