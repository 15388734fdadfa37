using Loyalty.Contracts;
using Loyalty.Messaging;
using Loyalty.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

// That a user may do all it needs is proved by every other test here: the services run as these users.
public sealed class BrokerUsers(PostgresServer postgres, RabbitServer rabbit)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task cannot_say_what_another_service_says()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using (var administrator = await coalition.Connect())
        {
            foreach (var subscription in Subscriptions.All)
                await Topology.Declare(administrator, subscription, Ct);
        }

        await using var ledger = await new ConnectionFactory { Uri = await coalition.UserOf("points-ledger") }.CreateConnectionAsync(Ct);
        foreach (var exchange in new[] { "Loyalty.Contracts.Cards.V1:CardLinked", "cards.members", "customers.activity", "" })
        {
            await using var channel = await ledger.CreateChannelAsync(new CreateChannelOptions(true, true), Ct);
            var refused = await Should.ThrowAsync<Exception>(async () =>
                await channel.BasicPublishAsync(exchange, "cards.members", mandatory: true, body: new byte[] { 1 }, cancellationToken: Ct));
            (refused as AlreadyClosedException ?? refused.InnerException as AlreadyClosedException)!.ShutdownReason!.ReplyCode
                .ShouldBe((ushort)Constants.AccessRefused);
        }
    }

    [Fact]
    public async Task cannot_listen_on_another_services_queue()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        await using (var administrator = await coalition.Connect())
            await Topology.Declare(administrator, Subscriptions.CardsMembers, Ct);
        await using var ledger = await new ConnectionFactory { Uri = await coalition.UserOf("points-ledger") }.CreateConnectionAsync(Ct);
        await using var channel = await ledger.CreateChannelAsync(cancellationToken: Ct);

        (await Should.ThrowAsync<OperationInterruptedException>(() =>
            channel.BasicConsumeAsync("cards.members", autoAck: false, new AsyncDefaultBasicConsumerStub(channel), Ct)))
            .ShutdownReason!.ReplyCode.ShouldBe((ushort)Constants.AccessRefused);
    }

    private sealed class AsyncDefaultBasicConsumerStub(IChannel channel) : AsyncDefaultBasicConsumer(channel);
}
