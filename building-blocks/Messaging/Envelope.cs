using System.Buffers;
using System.Text.Json;
using Loyalty.EventStore;
using MassTransit;
using MassTransit.Logging;
using MassTransit.Serialization;

namespace Loyalty.Messaging;

/// <summary>
/// Writes MassTransit's JSON envelope: <c>messageId</c> is the event's id, <c>message</c> the contract as MassTransit would write it.
/// What describes the sending process is left out; no consumer may care.
/// </summary>
internal sealed class Envelope
{
    public const string ContentType = "application/vnd.masstransit+json";

    private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
    private static readonly JsonEncodedText MessageType = JsonEncodedText.Encode("messageType");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText SentTime = JsonEncodedText.Encode("sentTime");
    private static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");
    private static readonly JsonEncodedText ActivityId = JsonEncodedText.Encode(DiagnosticHeaders.ActivityId);

    private readonly Dictionary<Type, JsonEncodedText> urns = [];
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;

    public Envelope() => writer = new Utf8JsonWriter(buffer);

    /// <summary>The envelope of one event. Valid until the next is written.</summary>
    public ReadOnlyMemory<byte> Write(StoredEvent @event, object contract, string? traceParent)
    {
        var type = contract.GetType();
        if (!urns.TryGetValue(type, out var urn))
            urns[type] = urn = JsonEncodedText.Encode(MessageUrn.ForTypeString(type));

        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString(MessageId, @event.Id);
        writer.WriteStartArray(MessageType);
        writer.WriteStringValue(urn);
        writer.WriteEndArray();
        writer.WritePropertyName(Message);
        JsonSerializer.Serialize(writer, contract, type, SystemTextJsonMessageSerializer.Options);
        writer.WriteString(SentTime, DateTime.UtcNow);
        writer.WriteStartObject(Headers);
        if (traceParent is not null)
            writer.WriteString(ActivityId, traceParent);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
