using System.Net.Mime;
using System.Text.Json;
using Loyalty.Contracts;
using MassTransit;
using MassTransit.Serialization;

namespace Loyalty.Messaging;

/// <summary>
/// Reads <see cref="Page{T}"/>s for MassTransit from its JSON envelope in one go. MassTransit itself takes a message apart twice, first
/// for the envelope and again for what is in it, which costs more than anything else that happens to an event in the consuming process.
/// Whatever does not look like a page of one of the queue's contracts is left to MassTransit, also to say what is wrong with it.
/// </summary>
internal sealed class PageReader : IMessageDeserializer, ISerializerFactory
{
    // A contract that lacks a member is not understood here either.
    private static readonly JsonSerializerOptions Json = new()
    {
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private readonly SystemTextJsonMessageSerializer usual = new();
    private readonly Dictionary<string, Type> envelopes;

    public PageReader(IEnumerable<Type> contracts) => envelopes = contracts.ToDictionary(
        contract => MessageUrn.ForTypeString(typeof(Page<>).MakeGenericType(contract)), contract => typeof(Opened<>).MakeGenericType(contract), StringComparer.Ordinal);

    public ContentType ContentType => usual.ContentType;

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) => Open(body.GetBytes()) is { } envelope
        ? new SystemTextJsonSerializerContext(
            usual, SystemTextJsonMessageSerializer.Options, ContentType, new EnvelopeMessageContext(envelope, usual), envelope.MessageType!, envelope)
        : usual.Deserialize(body, headers, destinationAddress);

    public MessageBody GetMessageBody(string text) => usual.GetMessageBody(text);

    public IMessageSerializer CreateSerializer() => usual;

    public IMessageDeserializer CreateDeserializer() => this;

    public void Probe(ProbeContext context) => usual.Probe(context);

    private MessageEnvelope? Open(byte[] body)
    {
        try
        {
            return TypeOf(body) is { } urn && envelopes.TryGetValue(urn, out var envelope)
                && JsonSerializer.Deserialize(body, envelope, Json) is MessageEnvelope { Message: not null } opened
                ? opened
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // The type stands before the message, where Envelope writes it.
    private static string? TypeOf(byte[] body)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName && !json.ValueTextEquals("message"u8))
        {
            var isType = json.ValueTextEquals("messageType"u8);
            json.Read();
            if (isType)
                return json.TokenType == JsonTokenType.StartArray && json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null;
            json.Skip();
        }

        return null;
    }

    // Of the envelope, no consumer may care for more than these.
    private sealed class Opened<T> : MessageEnvelope where T : class
    {
        public string? MessageId { get; init; }

        public string[]? MessageType { get; init; }

        public Page<T>? Message { get; init; }

        public DateTime? SentTime { get; init; }

        object? MessageEnvelope.Message => Message;

        string? MessageEnvelope.RequestId => null;

        string? MessageEnvelope.CorrelationId => null;

        string? MessageEnvelope.ConversationId => null;

        string? MessageEnvelope.InitiatorId => null;

        string? MessageEnvelope.SourceAddress => null;

        string? MessageEnvelope.DestinationAddress => null;

        string? MessageEnvelope.ResponseAddress => null;

        string? MessageEnvelope.FaultAddress => null;

        DateTime? MessageEnvelope.ExpirationTime => null;

        Dictionary<string, object?>? MessageEnvelope.Headers => null;

        HostInfo? MessageEnvelope.Host => null;
    }
}
