using System.Buffers;
using System.Text.Json;
using Loyalty.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging;

/// <summary>
/// Writes <see cref="Page{T}"/>s of one contract in MassTransit's JSON envelope, the events as MassTransit would write them. The
/// <c>messageId</c> is the id of the first event. What describes the sending process is left out; no consumer may care.
/// </summary>
internal sealed class Envelope
{
    public const string ContentType = "application/vnd.masstransit+json";

    private const int MostEvents = 500;
    private const int MostBytes = 256 * 1024;

    private static readonly JsonEncodedText MessageId = JsonEncodedText.Encode("messageId");
    private static readonly JsonEncodedText MessageType = JsonEncodedText.Encode("messageType");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText Events = JsonEncodedText.Encode("events");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Event = JsonEncodedText.Encode("event");
    private static readonly JsonEncodedText TraceParent = JsonEncodedText.Encode("traceParent");
    private static readonly JsonEncodedText SentTime = JsonEncodedText.Encode("sentTime");
    private static readonly JsonEncodedText Headers = JsonEncodedText.Encode("headers");

    private readonly Type contract;
    private readonly JsonEncodedText urn;
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;

    public Envelope(Type contract)
    {
        this.contract = contract;
        urn = JsonEncodedText.Encode(MessageUrn.ForTypeString(typeof(Page<>).MakeGenericType(contract)));
        writer = new Utf8JsonWriter(buffer);
    }

    /// <summary>The id of the first event on the page.</summary>
    public Guid First { get; private set; }

    /// <summary>How many events the page has.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count >= MostEvents || writer.BytesCommitted + writer.BytesPending >= MostBytes;

    /// <summary>Writes one more event on the page.</summary>
    public void Add(Guid id, object @event, string? traceParent)
    {
        if (Count++ == 0)
            Open(id);
        writer.WriteStartObject();
        writer.WriteString(Id, id);
        writer.WritePropertyName(Event);
        JsonSerializer.Serialize(writer, @event, contract, SystemTextJsonMessageSerializer.Options);
        if (traceParent is not null)
            writer.WriteString(TraceParent, traceParent);
        writer.WriteEndObject();
    }

    /// <summary>The page as it is sent. Valid until the next is begun, which is empty.</summary>
    public ReadOnlyMemory<byte> Close()
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteString(SentTime, DateTime.UtcNow);
        writer.WriteStartObject(Headers);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        Count = 0;
        return buffer.WrittenMemory;
    }

    private void Open(Guid first)
    {
        First = first;
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString(MessageId, first);
        writer.WriteStartArray(MessageType);
        writer.WriteStringValue(urn);
        writer.WriteEndArray();
        writer.WriteStartObject(Message);
        writer.WriteStartArray(Events);
    }
}
