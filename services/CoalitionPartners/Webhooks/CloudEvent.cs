using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>An event as it is sent: CloudEvents 1.0, structured, as JSON. The members' names are the specification's.</summary>
/// <param name="Position">Where it stands in all that is told; null for a test.</param>
/// <param name="TraceParent">The trace in which it happened, as the extension for distributed tracing has it.</param>
internal sealed record CloudEvent(
    [property: JsonPropertyName("specversion")] string SpecVersion,
    Guid Id,
    string Source,
    string Type,
    string Subject,
    DateTimeOffset Time,
    [property: JsonPropertyName("datacontenttype")] string DataContentType,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Position,
    [property: JsonPropertyName("traceparent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceParent,
    object Data)
{
    public const string MediaType = "application/cloudevents+json";

    /// <summary>What a stored fact is told as, always under the same ids.</summary>
    public static IEnumerable<ToldEvent> Of(StoredEvent fact, string source) => PartnerEvent.Of(fact.Data, fact.RecordedAt).Select((e, item) =>
    {
        var place = new LogPlace(fact.Sequence, item);
        var trace = e.TraceParent ?? fact.TraceParent;
        return new ToldEvent(e.Partner, IdOf(fact.Id, item), e.Type, place, trace, () => Body(IdOf(fact.Id, item), source, e, place, trace));
    });

    public static string Body(Guid id, string source, PartnerEvent e, LogPlace? place, string? trace) => JsonSerializer.Serialize(
        new CloudEvent("1.0", id, source, e.Type, e.Subject, e.At, "application/json", place?.ToString(), trace, e.Data), StrictJson.Options);

    private static Guid IdOf(Guid fact, int item) => NamedGuid.From(fact, FormattableString.Invariant($"webhook/{item}"));
}

/// <summary>An event on its way to a partner's endpoints.</summary>
/// <param name="Body">Written only for those that want it.</param>
internal sealed record ToldEvent(PartnerId Partner, Guid Id, string Type, LogPlace Place, string? TraceParent, Func<string> Body);
