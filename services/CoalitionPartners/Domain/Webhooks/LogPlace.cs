using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>The place of an event in everything that is told: the sequence number of its fact and which of the fact's events it is. As text: <c>4711.0</c>.</summary>
internal sealed record LogPlace(long Sequence, int Item) : IComparable<LogPlace>
{
    /// <summary>Reads a place, or the sequence number alone, which is its first event.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LogPlace? place)
    {
        var parts = text.Split('.');
        var item = 0;
        var read = long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && (parts.Length == 1 || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out item)));
        place = read ? new(sequence, item) : null;
        return read;
    }

    public int CompareTo(LogPlace? other) => other is null ? 1 : Sequence == other.Sequence ? Item.CompareTo(other.Item) : Sequence.CompareTo(other.Sequence);

    public override string ToString() => FormattableString.Invariant($"{Sequence}.{Item}");

    public static bool operator <(LogPlace a, LogPlace b) => a.CompareTo(b) < 0;

    public static bool operator >(LogPlace a, LogPlace b) => a.CompareTo(b) > 0;

    public static bool operator <=(LogPlace a, LogPlace b) => a.CompareTo(b) <= 0;

    public static bool operator >=(LogPlace a, LogPlace b) => a.CompareTo(b) >= 0;
}
