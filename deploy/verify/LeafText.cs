using System.Globalization;

namespace Loyalty.Verify;

/// <summary>An event as it was hashed: ten lines, of which the last holds the fact as JSON.</summary>
internal sealed record LeafText(long Sequence, string Stream, long Version, string Type, string Recorded, string CausedBy, string Data)
{
    private static readonly string[] Names = ["sequence", "id", "stream", "version", "type", "recorded", "caused-by", "trace", "data"];

    public static LeafText Read(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length != Names.Length + 1 || lines[0] != "loyalty-event/1")
            throw new FormatException("the leaf is not a text of ten lines that begins with loyalty-event/1");
        var values = Names.Select((name, i) => Value(lines[i + 1], name)).ToArray();
        return new(Number(values[0]), values[2], Number(values[3]), values[4], values[5], values[6], values[8]);
    }

    private static string Value(string line, string name) =>
        line == name + ":" ? ""
        : line.StartsWith(name + ": ", StringComparison.Ordinal) ? line[(name.Length + 2)..]
        : throw new FormatException($"where the leaf should have its {name}, it says '{line}'");

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
