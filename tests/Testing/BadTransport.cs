using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loyalty.Testing;

/// <summary>A request that no endpoint may accept.</summary>
/// <param name="Name">What is bad about it.</param>
/// <param name="Status">What it must get.</param>
/// <param name="Bytes">The whole request as it goes over the wire.</param>
public sealed record BadRequest(string Name, int Status, byte[] Bytes)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>
/// Everything that can be wrong with a request before anybody looks at what it asks for. Runs against any endpoint that takes a
/// JSON object: <c>await new BadTransport(url, "/v1/purchases", token, goodBody).AllAreRefused()</c>.
/// </summary>
/// <param name="server">The running service.</param>
/// <param name="path">The endpoint, which takes POST.</param>
/// <param name="token">An access token that the endpoint accepts.</param>
/// <param name="goodBody">A body that the endpoint would accept.</param>
/// <param name="optional">Members that may be missing or null.</param>
public sealed class BadTransport(Uri server, string path, string token, string goodBody, params string[] optional)
{
    private const int BodyLimit = 64 * 1024;

    /// <summary>Sends every one and asserts that it gets its problem document.</summary>
    public async Task AllAreRefused()
    {
        foreach (var bad in All())
        {
            (await RawHttp.Send(server, bad.Bytes)).ShouldBeProblem(bad.Status, bad.Name);
        }

        (await EndlessChunks()).ShouldBeProblem(413, "endless chunks");
    }

    /// <summary>All of them but those that take time.</summary>
    public IEnumerable<BadRequest> All() => [.. Texts(), .. Encodings(), .. Members(), .. Envelopes()];

    /// <summary>The bodies among them that must get 400, for endpoints that take bodies in another way.</summary>
    public IEnumerable<(string Name, byte[] Body)> Bodies() => Texts().Concat(Encodings()).Concat(Members()).Where(bad => bad.Status == 400)
        .Select(bad => (bad.Name, bad.Bytes[(bad.Bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..]));

    /// <summary>Chunks without an end.</summary>
    public Task<RawAnswer> EndlessChunks() => RawHttp.Send(server, async (stream, ct) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Head("POST", path, "application/json") + "Transfer-Encoding: chunked\r\n\r\n"), ct);
        var chunk = Encoding.ASCII.GetBytes("400\r\n" + new string(' ', 1024) + "\r\n");
        for (var sent = 0; sent < 4 * BodyLimit && !stream.DataAvailable; sent += 1024)
        {
            await stream.WriteAsync(chunk, ct);
        }
    });

    private IEnumerable<BadRequest> Texts()
    {
        yield return Body("an empty body", "");
        yield return Body("only white space", "  \n");
        yield return Body("a truncated body", goodBody[..(goodBody.Length / 2)]);
        yield return Body("trailing text", goodBody + "x");
        yield return Body("two texts", goodBody + goodBody);
        yield return Body("a comment", "/* hello */" + goodBody);
        yield return Body("a trailing comma", goodBody.TrimEnd()[..^1] + ",}");
        yield return Body("single quotes", goodBody.Replace('"', '\''));
        yield return Body("an array", $"[{goodBody}]");
        yield return Body("a text", "\"text\"");
        yield return Body("null", "null");
        yield return Body("NaN", With(FirstMember, "NaN"));
        yield return Body("Infinity", With(FirstMember, "Infinity"));
        yield return Body("a hexadecimal number", With(FirstMember, "0x10"));
        yield return Body("a number with a leading zero", With(FirstMember, "01"));
        yield return Body("a number with a plus", With(FirstMember, "+1"));
        yield return Body("an object where a value belongs", With(FirstMember, "{}"));
        yield return Body("nesting 65 deep", With(FirstMember, new string('[', 64) + new string(']', 64)));
        yield return Body("half of a surrogate pair", With(FirstMember, "\"\\ud800\""));
        yield return Body("the other half", With(FirstMember, "\"\\udc00 \\ud800\""));
        yield return Body("U+0000", With(FirstMember, "\"a\\u0000b\""));
    }

    private IEnumerable<BadRequest> Encodings()
    {
        yield return Body("a byte-order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(goodBody)]);
        yield return Body("invalid UTF-8", [.. Encoding.UTF8.GetBytes("{\"a\":\""), 0xFF, 0xC0, .. Encoding.UTF8.GetBytes("\"}")]);
        yield return Body("UTF-16", Encoding.Unicode.GetBytes(goodBody));
        yield return Body("UTF-16 with a byte-order mark", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(goodBody)]);
        yield return Body("UTF-16 that says so", Encoding.Unicode.GetBytes(goodBody), 415, "application/json; charset=utf-16");
        yield return Body("ISO 8859-1 that says so", Encoding.UTF8.GetBytes(goodBody), 415, "application/json; charset=iso-8859-1");
        yield return Body("text/plain", Encoding.UTF8.GetBytes(goodBody), 415, "text/plain");
        yield return Body("a form", Encoding.UTF8.GetBytes("a=1&b=2"), 415, "application/x-www-form-urlencoded");
        yield return Body("XML", Encoding.UTF8.GetBytes("<a/>"), 415, "application/xml");
        yield return Body("no content type", Encoding.UTF8.GetBytes(goodBody), 415, contentType: null);
        yield return Body("a gzip bomb", Zipped(), 415, "application/json\r\nContent-Encoding: gzip");
        yield return Body("a body over the limit", Encoding.UTF8.GetBytes(goodBody.PadRight(BodyLimit + 1)), 413, "application/json");
    }

    private IEnumerable<BadRequest> Members()
    {
        var good = JsonNode.Parse(goodBody)!.AsObject();
        foreach (var (name, value) in good)
        {
            var member = JsonSerializer.Serialize(name) + ":" + (value?.ToJsonString() ?? "null");
            var capital = char.ToUpperInvariant(name[0]) + name[1..];
            yield return Body($"'{name}' twice", "{" + member + "," + goodBody.TrimStart()[1..]);
            yield return Body($"'{capital}' beside '{name}'", "{" + member.Replace(name, capital, StringComparison.Ordinal) + "," + goodBody.TrimStart()[1..]);
            if (optional.Contains(name, StringComparer.Ordinal))
            {
                continue;
            }

            var without = good.DeepClone().AsObject();
            without.Remove(name);
            yield return Body($"no '{name}'", without.ToJsonString());
            yield return Body($"'{name}' is null", With(name, "null"));
        }

        yield return Body("an unknown member 'isAdmin'", "{\"isAdmin\":true," + goodBody.TrimStart()[1..]);
        yield return Body("an unknown member '__proto__'", "{\"__proto__\":{}," + goodBody.TrimStart()[1..]);
    }

    private IEnumerable<BadRequest> Envelopes()
    {
        var body = Encoding.UTF8.GetBytes(goodBody);
        yield return Request("a wrong method", 405, "PATCH", path, "application/json", body);
        yield return Request("headers of 64 KB", 431, "POST", path, "application/json\r\nX-Long: " + new string('a', 64 * 1024), body);
        yield return Request("a long address", 414, "POST", path + "?a=" + new string('a', 20_000), "application/json", body);
        yield return Request("an address that climbs", 404, "GET", "/v1/..%2f..%2fetc%2fpasswd", "application/json", []);
        yield return Request("an address that nobody serves", 404, "GET", "/v1/nothing-is-here", "application/json", []);
        yield return Request("U+0000 in the address", 400, "POST", path + "?cursor=%00", "application/json", body);
    }

    private string FirstMember => JsonNode.Parse(goodBody)!.AsObject().First().Key;

    // Replaces a value by text as it is, which need not be JSON.
    private string With(string member, string value)
    {
        const string Mark = "\"\\u0001\"";
        var changed = JsonNode.Parse(goodBody)!.AsObject();
        changed[member] = "\u0001";
        return changed.ToJsonString().Replace(Mark, value, StringComparison.Ordinal);
    }

    private BadRequest Body(string name, string body) => Body(name, Encoding.UTF8.GetBytes(body));

    private BadRequest Body(string name, byte[] body, int status = 400, string? contentType = "application/json") =>
        Request(name, status, "POST", path, contentType, body);

    private BadRequest Request(string name, int status, string method, string target, string? contentType, byte[] body) =>
        new(name, status, [.. Encoding.ASCII.GetBytes(Head(method, target, contentType) + Length(body) + "\r\n"), .. body]);

    private string Head(string method, string target, string? contentType) =>
        $"{method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {Guid.NewGuid()}\r\n" +
        (contentType is null ? "" : $"Content-Type: {contentType}\r\n");

    private static string Length(byte[] body) => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");

    private static byte[] Zipped()
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(new byte[4 * 1024 * 1024]);
        }

        return zipped.ToArray();
    }
}
