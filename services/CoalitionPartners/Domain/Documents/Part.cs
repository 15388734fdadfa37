using System.Globalization;
using System.Text.Json;

namespace Loyalty.CoalitionPartners.Domain.Documents;

/// <summary>
/// A part of a document and where it stands in it: <c>give.steps[1].spendFrom</c>. What is absent, or of another kind than it is read
/// as, reads as null: that it may not be is the schema's to say, so that all faults of a document are found at once.
/// </summary>
internal readonly record struct Part(JsonElement Value, string Path = "")
{
    public bool IsThere => Value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public string? Text => Value.ValueKind == JsonValueKind.String ? Value.GetString() : null;

    public decimal? Number => Value.ValueKind == JsonValueKind.Number && Value.TryGetDecimal(out var number) ? number : null;

    public bool IsTrue => Value.ValueKind == JsonValueKind.True;

    public DateTimeOffset? Time =>
        DateTimeOffset.TryParse(Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public Guid? Id => Guid.TryParseExact(Text, "D", out var id) ? id : null;

    public IEnumerable<Part> Items
    {
        get
        {
            var (items, path) = (Value, Path);
            return items.ValueKind == JsonValueKind.Array ? items.EnumerateArray().Select((item, i) => new Part(item, $"{path}[{i}]")) : [];
        }
    }

    public Part this[string member] => new(
        Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(member, out var value) ? value : default,
        Path.Length == 0 ? member : $"{Path}.{member}");

    /// <summary>Those of these members that are there.</summary>
    public IEnumerable<Part> Those(params IEnumerable<string> members)
    {
        var self = this;
        return members.Select(m => self[m]).Where(p => p.IsThere);
    }

    public DocumentFault Fault(string sentence) => new(Path, sentence);
}

/// <summary>A rule that a document breaks.</summary>
/// <param name="Path">Where in the document.</param>
/// <param name="Sentence">What to do about it.</param>
/// <param name="Malformed">Whether the part can't even be read as what it should be.</param>
internal sealed record DocumentFault(string Path, string Sentence, bool Malformed = false);
