using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Loyalty.EventStore;

/// <summary>
/// The explicit stored name of each event type. The name, not the CLR type, is the storage format: types may be renamed and
/// moved, names never.
/// </summary>
public sealed class EventTypes
{
    private readonly Dictionary<string, Type> typesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> namesByType = [];

    /// <summary>
    /// How bodies are written: System.Text.Json as Marten has it by default, property names as the CLR has them, enums as numbers.
    /// </summary>
    public JsonSerializerOptions Json { get; } = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),

        // What is stored is no page for a browser: nothing but what JSON itself demands is escaped, which PostgreSQL would only undo.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>All names with their types.</summary>
    public IReadOnlyDictionary<string, Type> All => typesByName;

    /// <summary>Says under which name a type is stored. Names are lower-case with dashes: <c>points-accrued</c>.</summary>
    public EventTypes Map<TEvent>(string name) where TEvent : class
    {
        typesByName.Add(name, typeof(TEvent));
        namesByType.Add(typeof(TEvent), name);
        return this;
    }

    /// <summary>
    /// Takes what source generation knows of the types, so that nothing need be found out by reflection, and converters for types that
    /// are written in a way of their own.
    /// </summary>
    public EventTypes Describe(IJsonTypeInfoResolver types, params IEnumerable<JsonConverter> converters)
    {
        ArgumentNullException.ThrowIfNull(converters);
        Json.TypeInfoResolverChain.Insert(0, types);
        foreach (var converter in converters)
            Json.Converters.Add(converter);
        return this;
    }

    /// <summary>The stored name of a type; throws when the type was never mapped.</summary>
    public string NameOf(Type type) => namesByType.TryGetValue(type, out var name)
        ? name
        : throw new InvalidOperationException($"{type} has no stored name. Map it before it is appended.");

    /// <summary>Reads a stored body; throws <see cref="UnreadableEventException"/> when name or body are not understood.</summary>
    public object Read(string name, string body) => Read(name, Encoding.UTF8.GetBytes(body));

    /// <summary>The same of a body in UTF-8.</summary>
    public object Read(string name, ReadOnlySpan<byte> body)
    {
        if (!typesByName.TryGetValue(name, out var type))
            throw new UnreadableEventException($"No type is mapped to the stored event name '{name}'.");
        try
        {
            return JsonSerializer.Deserialize(body, type, Json) ?? throw new JsonException("the body is null");
        }
        catch (JsonException e)
        {
            throw new UnreadableEventException($"A stored event '{name}' can't be read as {type}: {e.Message}", e);
        }
    }

    /// <summary>Writes the body of an event.</summary>
    public string Write(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return JsonSerializer.Serialize(@event, @event.GetType(), Json);
    }

    internal byte[] WriteUtf8(object @event) => JsonSerializer.SerializeToUtf8Bytes(@event, @event.GetType(), Json);
}

/// <summary>The log holds an event that this version of the service does not understand. Readers stop; they never skip.</summary>
public sealed class UnreadableEventException : Exception
{
    /// <summary>With a sentence that names the event.</summary>
    public UnreadableEventException(string message) : base(message)
    {
    }

    /// <summary>With the failure behind it.</summary>
    public UnreadableEventException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Without a message.</summary>
    public UnreadableEventException()
    {
    }
}
