using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Schemas;

/// <summary>
/// A published JSON Schema, and what it says of a document: what is published is what is checked. It knows those keywords of draft
/// 2020-12 that the schemas here use, and takes whole numbers and exact decimals more literally: 1.0 is no integer, 1e2 no number.
/// </summary>
internal sealed class Schema
{
    private const int MostDigits = 28;

    private static readonly JsonElement Anything = JsonElement.Parse("{}");

    private readonly JsonElement root;
    private readonly Dictionary<string, Regex> patterns = new(StringComparer.Ordinal);

    public Schema(string text)
    {
        Text = text;
        root = JsonElement.Parse(text);
        Collect(root);
    }

    /// <summary>As it is published.</summary>
    public string Text { get; }

    /// <summary>All that is wrong with a document, part by part.</summary>
    public IEnumerable<DocumentFault> Faults(Part document) => Faults(document, root);

    /// <summary>
    /// The same document with its members in the order in which the schema explains them: the database keeps them in none that
    /// anybody would read.
    /// </summary>
    public JsonElement InOrder(JsonElement document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, document, root);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter json, JsonElement value, JsonElement schema)
    {
        schema = Resolved(schema);
        if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var members))
        {
            var places = members.EnumerateObject().Select((m, i) => (m.Name, i)).ToDictionary(m => m.Name, m => m.i, StringComparer.Ordinal);
            json.WriteStartObject();
            foreach (var member in value.EnumerateObject().OrderBy(m => places.GetValueOrDefault(m.Name, int.MaxValue)))
            {
                json.WritePropertyName(member.Name);
                Write(json, member.Value, members.TryGetProperty(member.Name, out var own) ? own : Anything);
            }

            json.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            json.WriteStartArray();
            foreach (var item in value.EnumerateArray())
                Write(json, item, items);
            json.WriteEndArray();
        }
        else
        {
            value.WriteTo(json);
        }
    }

    private JsonElement Resolved(JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? root.GetProperty("$defs").GetProperty(reference.GetString()!["#/$defs/".Length..])
        : schema;

    private IEnumerable<DocumentFault> Faults(Part part, JsonElement schema)
    {
        schema = Resolved(schema);
        if (!Kinds(schema).Any(kind => Is(part.Value, kind)))
            return [new(part.Path, WrongKind(part.Value, schema), Malformed: true)];
        return part.Value.ValueKind switch
        {
            JsonValueKind.Object => ObjectFaults(part, schema),
            JsonValueKind.Array => ArrayFaults(part, schema),
            JsonValueKind.String => TextFaults(part, schema),
            JsonValueKind.Number => NumberFaults(part, schema),
            _ => [],
        };
    }

    private IEnumerable<DocumentFault> ObjectFaults(Part part, JsonElement schema)
    {
        var members = schema.GetProperty("properties");
        var required = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()!) : [];
        foreach (var missing in required.Where(name => !part.Value.TryGetProperty(name, out _)))
            yield return new(part[missing].Path, "This is missing. Add it.", Malformed: true);
        foreach (var member in part.Value.EnumerateObject())
        {
            if (!members.TryGetProperty(member.Name, out var own))
                yield return new(part[member.Name].Path, "There is no such member. Remove it, or check its spelling and case.", Malformed: true);
            else
                foreach (var fault in Faults(part[member.Name], own))
                    yield return fault;
        }
    }

    private IEnumerable<DocumentFault> ArrayFaults(Part part, JsonElement schema)
    {
        var count = part.Value.GetArrayLength();
        if (Bound(schema, "minItems") is { } least && count < least)
            yield return part.Fault(FormattableString.Invariant($"The list has {count} entries. Send at least {least}."));
        if (Bound(schema, "maxItems") is { } most && count > most)
        {
            yield return part.Fault(FormattableString.Invariant($"The list has {count} entries. Send at most {most}."));
            yield break;
        }

        foreach (var fault in part.Items.SelectMany(item => Faults(item, schema.GetProperty("items"))))
            yield return fault;
        if (schema.TryGetProperty("uniqueItems", out _))
        {
            foreach (var repeated in OfferRules.Repeated(part.Items, item => item.Text))
                yield return repeated.Fault("This stands in the list already. Send it once.");
        }
    }

    private IEnumerable<DocumentFault> TextFaults(Part part, JsonElement schema)
    {
        var text = part.Text!;
        if (schema.TryGetProperty("enum", out var known) && !known.EnumerateArray().Any(k => k.ValueEquals(text)))
            yield return part.Fault($"Send one of {string.Join(", ", known.EnumerateArray().Select(k => k.GetString()))}.");
        if (Bound(schema, "maxLength") is { } most && text.EnumerateRunes().Count() > most)
            yield return part.Fault(FormattableString.Invariant($"Send at most {most} characters."));
        else if (schema.TryGetProperty("pattern", out var pattern) && !patterns[pattern.GetString()!].IsMatch(text))
            yield return part.Fault($"This does not have the form it must have: {schema.GetProperty("description").GetString()}");
        switch (schema.TryGetProperty("format", out var format) ? format.GetString() : null)
        {
            case "date-time" when !Rfc3339.TryParse(text, out _):
                yield return new(part.Path, "Write a time as RFC 3339 has it, with its offset: 2017-03-01T10:15:00+01:00.", Malformed: true);
                break;
            case "uuid" when part.Id is null:
                yield return new(part.Path, "Write an id as a UUID: 32 hexadecimal digits in five groups, with dashes.", Malformed: true);
                break;
        }
    }

    private static IEnumerable<DocumentFault> NumberFaults(Part part, JsonElement schema)
    {
        var text = part.Value.GetRawText();
        if (text.AsSpan().IndexOfAny('e', 'E') >= 0 || text.Count(char.IsAsciiDigit) > MostDigits)
        {
            yield return new(part.Path, $"Write the number without an exponent and with at most {MostDigits} digits, so that it can be read exactly.", Malformed: true);
            yield break;
        }

        var number = decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (Bound(schema, "minimum") is { } least && number < least)
            yield return part.Fault(FormattableString.Invariant($"Send a number that is at least {least}."));
        if (Bound(schema, "exclusiveMinimum") is { } above && number <= above)
            yield return part.Fault(FormattableString.Invariant($"Send a number that is greater than {above}."));
        if (Bound(schema, "maximum") is { } most && number > most)
            yield return part.Fault(FormattableString.Invariant($"Send a number that is at most {most}."));
        if (Bound(schema, "multipleOf") is { } step && number % step != 0)
            yield return part.Fault($"Send a number with at most {step.Scale} decimals.");
    }

    private static bool Is(JsonElement value, string kind) => kind switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && !value.GetRawText().Contains('.', StringComparison.Ordinal),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new InvalidOperationException($"The schema has a type '{kind}' that nobody checks."),
    };

    private static IEnumerable<string> Kinds(JsonElement schema) => schema.GetProperty("type") is { ValueKind: JsonValueKind.Array } several
        ? several.EnumerateArray().Select(k => k.GetString()!)
        : [schema.GetProperty("type").GetString()!];

    private static string WrongKind(JsonElement value, JsonElement schema) => Kinds(schema).First() switch
    {
        "object" => "Write an object here: {…}.",
        "array" => "Write a list here: […].",
        "string" => "Write a text here, in quotes.",
        "boolean" => "Write true or false here.",
        "integer" when value.ValueKind == JsonValueKind.Number => "Write a whole number here, without a decimal point.",
        _ => "Write a number here, without quotes.",
    };

    private static decimal? Bound(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var bound) ? bound.GetDecimal() : null;

    // What .NET takes for the end of a text may be followed by a line break; the end of ECMA-262, which JSON Schema means, may not.
    private void Collect(JsonElement schema)
    {
        foreach (var member in schema.ValueKind == JsonValueKind.Object ? [.. schema.EnumerateObject()] : Array.Empty<JsonProperty>())
        {
            if (member is { Name: "pattern", Value.ValueKind: JsonValueKind.String })
            {
                var pattern = member.Value.GetString()!;
                patterns[pattern] = new Regex(@"\A(?:" + pattern[1..^1] + @")\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            else
            {
                Collect(member.Value);
            }
        }
    }
}
