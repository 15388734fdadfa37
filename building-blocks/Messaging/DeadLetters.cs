using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.Contracts;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Loyalty.Messaging;

/// <summary>A message that could not take effect.</summary>
/// <param name="MessageId">The id of the message, which is that of its first event.</param>
/// <param name="EventIds">The ids of its events; none where it is no page of events.</param>
/// <param name="MessageType">The contract it claims to be, or where it failed when it claims nothing.</param>
/// <param name="Reason">What went wrong, in the words of the exception.</param>
/// <param name="FailedAt">When, as written by the consumer.</param>
/// <param name="Body">Its first lines.</param>
public sealed record DeadLetter(string? MessageId, IReadOnlyList<string> EventIds, string? MessageType, string? Reason, string? FailedAt, string Body);

/// <summary>What lies in the error queue of a queue.</summary>
/// <param name="Queue">The queue it came from, and where re-driving puts it.</param>
/// <param name="Count">How many messages there are in all.</param>
/// <param name="First">The first of them.</param>
public sealed record DeadLetterQueue(string Queue, int Count, IReadOnlyList<DeadLetter> First);

/// <summary>Looks into the error queues and puts their messages back when what was wrong is repaired.</summary>
public sealed class DeadLetters(Uri broker)
{
    private const int BodyShown = 2000;

    private readonly Broker broker = new(broker);

    /// <summary>Every error queue with something in it, with its first messages. Takes nothing out.</summary>
    public async Task<IReadOnlyList<DeadLetterQueue>> List(int first = 20, CancellationToken ct = default)
    {
        await using var connection = await broker.Connect("dead letters", ct);
        var found = new List<DeadLetterQueue>();
        foreach (var queue in Subscriptions.All.Select(s => s.Queue))
        {
            if (await Look(connection, queue, first, ct) is { Count: > 0 } letters)
                found.Add(letters);
        }

        return found;
    }

    /// <summary>
    /// Puts everything that lies in the error queue of <paramref name="queue"/> back into it, and returns how many messages that
    /// were. Interrupted, it loses nothing: a message is taken out after RabbitMQ has confirmed it in its queue.
    /// </summary>
    public async Task<int> Redrive(string queue, CancellationToken ct = default)
    {
        await using var connection = await broker.Connect("re-drive", ct);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), ct);
        var waiting = (await channel.QueueDeclarePassiveAsync(Topology.ErrorQueueOf(queue), ct)).MessageCount;
        var driven = 0;
        while (driven < waiting && await channel.BasicGetAsync(Topology.ErrorQueueOf(queue), autoAck: false, ct) is { } letter)
        {
            var properties = new BasicProperties(letter.BasicProperties) { Headers = Clean(letter.BasicProperties.Headers) };
            await channel.BasicPublishAsync(queue, routingKey: "", mandatory: true, properties, letter.Body, ct);
            await channel.BasicAckAsync(letter.DeliveryTag, multiple: false, ct);
            driven++;
        }

        return driven;
    }

    private static async Task<DeadLetterQueue?> Look(IConnection connection, string queue, int first, CancellationToken ct)
    {
        // Closing the channel puts back, in their places, the messages it did not acknowledge.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        var letters = new List<DeadLetter>();
        uint waiting;
        try
        {
            waiting = (await channel.QueueDeclarePassiveAsync(Topology.ErrorQueueOf(queue), ct)).MessageCount;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }

        while (letters.Count < first && await channel.BasicGetAsync(Topology.ErrorQueueOf(queue), autoAck: false, ct) is { } letter)
            letters.Add(Read(letter));
        return new(queue, (int)waiting, letters);
    }

    private static DeadLetter Read(BasicGetResult letter)
    {
        var headers = letter.BasicProperties.Headers;
        return new(
            letter.BasicProperties.MessageId,
            EventIds(letter.Body),
            Text(headers, MessageHeaders.FaultMessageType) ?? letter.Exchange,
            Text(headers, MessageHeaders.FaultMessage),
            Text(headers, MessageHeaders.FaultTimestamp),
            Encoding.UTF8.GetString(letter.Body.Span[..Math.Min(letter.Body.Length, BodyShown)]));
    }

    // Whatever lies there, it can be shown.
    private static IReadOnlyList<string> EventIds(ReadOnlyMemory<byte> body)
    {
        try
        {
            var events = JsonNode.Parse(body.Span)?["message"]?["events"]?.AsArray() ?? [];
            return [.. events.Select(told => told?["id"]?.ToString()).OfType<string>()];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is null || !headers.TryGetValue(name, out var value) ? null : value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };

    // What the failure left behind goes; the trace it belongs to stays.
    private static Dictionary<string, object?> Clean(IDictionary<string, object?>? headers) => (headers ?? new Dictionary<string, object?>())
        .Where(h => h.Key.StartsWith("MT-Activity-", StringComparison.Ordinal)
            || !(h.Key.StartsWith("MT-", StringComparison.Ordinal) || h.Key is "x-delivery-count" or "x-death"))
        .ToDictionary(StringComparer.Ordinal);
}
