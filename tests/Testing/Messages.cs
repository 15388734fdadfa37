using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Loyalty.Testing;

/// <summary>Sends and takes messages as other services would, in MassTransit's envelope.</summary>
public sealed class Messages : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentQueue<string> received = new();

    private Messages(IConnection connection) => Connection = connection;

    /// <summary>The connection, for declaring what the messages need.</summary>
    public IConnection Connection { get; }

    /// <summary>Connects.</summary>
    public static async Task<Messages> Connect(Uri broker) =>
        new(await new ConnectionFactory { Uri = broker }.CreateConnectionAsync("test"));

    /// <summary>Publishes an event under its id, on a page of its own; the same id again is the same event delivered twice.</summary>
    public Task Publish(Guid id, object @event) => Publish((id, @event));

    /// <summary>Publishes events of one contract on one page.</summary>
    public async Task Publish(params IReadOnlyList<(Guid Id, object Event)> page)
    {
        var type = page[0].Event.GetType();
        var events = page.Select(told => new { id = told.Id, @event = told.Event });
        await using var channel = await Connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.BasicPublishAsync(
            ExchangeOf(type),
            routingKey: "",
            mandatory: false,
            new BasicProperties { MessageId = page[0].Id.ToString(), ContentType = "application/vnd.masstransit+json", Persistent = true },
            JsonSerializer.SerializeToUtf8Bytes(new { messageId = page[0].Id, messageType = new[] { Urn(type) }, message = new { events } }, Json));
    }

    /// <summary>Takes, from now on, every page of events of these types that anybody publishes; <see cref="Received"/> holds them.</summary>
    public async Task Observe(params IReadOnlyList<Type> events)
    {
        var channel = await Connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var type in events)
        {
            await channel.ExchangeDeclareAsync(ExchangeOf(type), ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(queue, ExchangeOf(type), routingKey: "");
        }

        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            received.Enqueue(Encoding.UTF8.GetString(delivery.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, consumer);
    }

    /// <summary>Everything taken so far: whole bodies, envelopes included.</summary>
    public IReadOnlyCollection<string> Received => received;

    /// <summary>The events of a type in a body; none when it is a page of another type.</summary>
    public static IReadOnlyList<T> Read<T>(string body) where T : class
    {
        var envelope = JsonNode.Parse(body)!;
        return envelope["messageType"]!.AsArray().Any(type => type!.GetValue<string>() == Urn(typeof(T)))
            ? [.. envelope["message"]!["events"]!.AsArray().Select(told => told!["event"].Deserialize<T>(Json)!)]
            : [];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private static string ExchangeOf(Type type) => $"{type.Namespace}:{type.Name}";

    private static string Urn(Type type) => $"urn:message:Loyalty.Contracts:Page[[{ExchangeOf(type)}]]";
}
