using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loyalty.Testing;

/// <summary>
/// Asks every address that a service describes for things that make no sense: extreme values in each part of the address, each member of
/// the query and each member of the body, one at a time. No answer may be an error of the server.
/// </summary>
/// <param name="client">Leads to the service.</param>
/// <param name="tokens">Whoever asks; each asks for everything.</param>
/// <param name="known">Ids that exist, perhaps of something else than what is asked for.</param>
public sealed class Nonsense(HttpClient client, IReadOnlyList<string> tokens, IReadOnlyList<string> known)
{
    private const int DeepEnough = 6;

    private static readonly string[] Parts =
    [
        "0", "-1", "1", "99999999999999999999", "9223372036854775807", "' OR 1=1--", "%00", "%FF%FE", "%F0%9F%98%80", "..%2F..%2Fetc", "x", new('x', 300),
        "2017-03", "2017-13", "0001-01", "9999-12", "9999-12-31", "9999-W53", "0000-00-00", "00000000-0000-0000-0000-000000000000", "EUR", "%3Cimg%20onerror%3D1%3E", "%C5%BF", "*",
    ];

    private static readonly string[] Members =
    [
        "null", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"' OR 1=1--\"", "\"=1+1\"", "\"\U0001F600\"", "\"" + new string('x', 20_000) + "\"", "0", "-0", "-1", "1", "0.5", "1e-30", "1e400",
        "9223372036854775807", "9223372036854775808", "99999999999999999999999999999.99", "true", "[]", "[null]", "[[]]", "{}", "{\"a\":1}", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2026-02-30\"", "\"0001-01\"", "\"9999-12\"", "\"EUR\"", "\"XXX\"", "\"00000000-0000-0000-0000-000000000000\"", "\"https://127.0.0.1/\"", "\"AT611904300234573201\"",
    ];

    private JsonElement document;

    /// <summary>Sends all of it; answers what got an error of the server, and how much was sent.</summary>
    public async Task<(IReadOnlyList<string> Failed, int Sent)> SendAll()
    {
        document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;
        var (failed, sent) = (new List<string>(), 0);
        foreach (var (method, address, body, type) in Requests())
        {
            foreach (var token in tokens)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, UriKind.Relative));
                if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
                request.Headers.Authorization = new("Bearer", token);
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                sent++;
                if ((int)answer.StatusCode >= 500)
                    failed.Add(string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode} {method} {Short(address)} {Short(body ?? "")}"));
            }
        }

        return (failed, sent);
    }

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + "…";

    private IEnumerable<(string Method, string Address, string? Body, string Type)> Requests()
    {
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Name is "get" or "post" or "put" or "delete"))
            {
                var method = operation.Name.ToUpperInvariant();
                var bodies = Bodies(operation.Value).ToList();
                var (usual, type) = bodies.Count > 0 ? bodies[0] : (null, "");
                foreach (var address in Addresses(path.Name, operation.Value)) yield return (method, address, usual, type);
                foreach (var (body, its) in bodies.Skip(1)) yield return (method, Usual(path.Name, operation.Value), body, its);
            }
        }
    }

    private IEnumerable<string> Addresses(string path, JsonElement operation)
    {
        var usual = Usual(path, operation);
        yield return usual;
        foreach (var part in PlacesIn(path))
        {
            foreach (var value in Parts.Concat(known)) yield return Filled(path, operation, part, value);
        }

        foreach (var name in NamesIn(operation, "query"))
        {
            foreach (var value in Parts) yield return $"{usual}?{Uri.EscapeDataString(name)}={value}";
        }
    }

    private string Usual(string path, JsonElement operation) => Filled(path, operation, "", "");

    private string Filled(string path, JsonElement operation, string part, string value)
    {
        foreach (var place in PlacesIn(path)) path = path.Replace("{" + place + "}", place == part ? value : UsualPart(place), StringComparison.Ordinal);
        return path;
    }

    // Something of the right form leads further in than something of a wrong one.
    private string UsualPart(string place) =>
        place.Contains("partner", StringComparison.OrdinalIgnoreCase) ? known[0] :
        place is "month" ? "2017-03" : place is "version" or "size" or "secretId" or "item" or "n" ? "1" : known[^1];

    private static IEnumerable<string> PlacesIn(string path) => path.Split('{').Skip(1).Select(rest => rest[..rest.IndexOf('}', StringComparison.Ordinal)]);

    private static IEnumerable<string> NamesIn(JsonElement operation, string where) => operation.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Where(p => p.TryGetProperty("in", out var place) && place.GetString() == where).Select(p => p.GetProperty("name").GetString()!)
        : [];

    private IEnumerable<(string? Body, string Type)> Bodies(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var described)) yield break;
        foreach (var content in described.GetProperty("content").EnumerateObject())
        {
            if (content.Name != "application/json" || !content.Value.TryGetProperty("schema", out var schema))
            {
                foreach (var text in (string[])["", "x", "\0", "a,b\r\n\"", "{}\n{\"type\":null}\n", "{\"type\":\"purchase\"}"]) yield return (text, content.Name);
                continue;
            }

            var usual = Example(schema, 0) ?? new JsonObject();
            yield return (usual.ToJsonString(), content.Name);
            foreach (var place in Places(usual))
            {
                foreach (var member in Members) yield return (With(usual, place, member), content.Name);
            }
        }
    }

    private JsonNode? Example(JsonElement schema, int depth)
    {
        if (depth > DeepEnough) return null;
        if (schema.TryGetProperty("$ref", out var reference)) return Example(document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), depth + 1);
        foreach (var choice in (string[])["oneOf", "anyOf", "allOf"])
        {
            if (schema.TryGetProperty(choice, out var choices)) return Example(choices.EnumerateArray().Last(), depth + 1);
        }

        if (schema.TryGetProperty("enum", out var values)) return JsonNode.Parse(values.EnumerateArray().First().GetRawText());
        if (schema.TryGetProperty("properties", out var properties))
            return new JsonObject(properties.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Example(p.Value, depth + 1))));
        var kind = schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()).First(t => t != "null") : type.GetString() : null;
        var format = schema.TryGetProperty("format", out var f) ? f.GetString() : null;
        return (kind, format) switch
        {
            ("array", _) => new JsonArray(schema.TryGetProperty("items", out var items) ? Example(items, depth + 1) : null),
            ("integer" or "number", _) => 1,
            ("boolean", _) => true,
            ("string", "uuid") => known[0],
            ("string", "date-time") => "2026-01-01T00:00:00Z",
            ("string", "date") => "2026-01-01",
            ("string", _) => "x",
            _ => 1,
        };
    }

    private static IEnumerable<string[]> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => Places(m.Value).Select(place => (string[])[m.Key, .. place]).Prepend([m.Key])),
        JsonArray items when items.Count > 0 => Places(items[0]).Select(place => (string[])["0", .. place]).Prepend(["0"]),
        _ => [],
    };

    // Written by hand, because no number of .NET holds some of the values.
    private static string With(JsonNode body, string[] place, string raw)
    {
        const string mark = "\"here-it-goes\"";
        var copy = body.DeepClone();
        var at = copy;
        foreach (var step in place[..^1]) at = at is JsonArray items ? items[int.Parse(step, CultureInfo.InvariantCulture)]! : at[step]!;
        if (at is JsonArray list) list[int.Parse(place[^1], CultureInfo.InvariantCulture)] = "here-it-goes";
        else at[place[^1]] = "here-it-goes";
        return copy.ToJsonString().Replace(mark, raw, StringComparison.Ordinal);
    }
}
