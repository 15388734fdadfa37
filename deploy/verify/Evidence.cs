using System.Text.Json;

namespace Loyalty.Verify;

/// <summary>A saved file that can be read as JSON.</summary>
internal sealed record Document(string File, JsonElement Root);

/// <summary>What was saved, told apart by what is in it.</summary>
internal sealed class Evidence
{
    public List<Document> Keys { get; } = [];

    public List<Document> Checkpoints { get; } = [];

    public List<Document> Inclusions { get; } = [];

    public List<Document> Consistencies { get; } = [];

    /// <summary>Pages of the postings behind lines of a statement.</summary>
    public List<Document> Postings { get; } = [];

    public List<Document> Statements { get; } = [];

    /// <summary>What can't be read, and why.</summary>
    public List<(string File, string Why)> Unreadable { get; } = [];

    public static Evidence Read(IEnumerable<string> paths)
    {
        var evidence = new Evidence();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (var file in Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal)) evidence.Take(file);
            }
            else
            {
                evidence.Take(path);
            }
        }

        return evidence;
    }

    public void Take(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowDuplicateProperties = false });
            Sort(new(Path.GetFileName(file), json.RootElement.Clone()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Unreadable.Add((Path.GetFileName(file), e.Message));
        }
    }

    private void Sort(Document document)
    {
        var root = document.Root;
        var kind = root.Has("note") ? Checkpoints
            : root.Has("leaf") ? Inclusions
            : root.Has("from") && root.Has("path") ? Consistencies
            : root.Has("keys") ? Keys
            : root.Has("lines") ? Statements
            : root.Has("items") ? Postings : null;
        if (kind is null) Unreadable.Add((document.File, "it is neither keys, a checkpoint, a proof, a statement nor postings of one"));
        else kind.Add(document);
    }
}

/// <summary>Reading members, with a sentence where they are not what they should be.</summary>
internal static class Json
{
    public static bool Has(this JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out _);

    public static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : throw new FormatException($"there is no member '{name}'");

    public static string Text(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new FormatException($"'{name}' is not a text");

    public static long Number(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : throw new FormatException($"'{name}' is not a whole number");

    public static decimal Decimal(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value) ? value : throw new FormatException($"'{name}' is not a number");

    public static IEnumerable<JsonElement> List(this JsonElement json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw new FormatException($"'{name}' is not a list");

    public static IReadOnlyList<byte[]> Hashes(this JsonElement json, string name) =>
        [.. json.List(name).Select(hash => Convert.FromBase64String(hash.GetString() ?? throw new FormatException($"'{name}' holds what is no hash")))];
}
