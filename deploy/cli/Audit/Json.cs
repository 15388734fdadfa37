using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Reads the members of stored facts. A member that is missing or of another kind throws, and its fact counts as unreadable.</summary>
internal static class Json
{
    public static bool Has(this JsonElement body, string member) => body.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null;

    public static JsonElement Part(this JsonElement body, string member) => body.GetProperty(member);

    public static string Text(this JsonElement body, string member) => body.GetProperty(member).GetString() ?? throw new FormatException($"{member} is null.");

    public static long Number(this JsonElement body, string member) => body.GetProperty(member).GetInt64();

    public static decimal Exact(this JsonElement body, string member) => body.GetProperty(member).GetDecimal();

    /// <summary>A number that is left out where it is 0.</summary>
    public static long NumberOrZero(this JsonElement body, string member) => body.Has(member) ? body.Number(member) : 0;

    public static Guid Id(this JsonElement body, string member) => body.GetProperty(member).GetGuid();

    public static DateTimeOffset Time(this JsonElement body, string member) => body.GetProperty(member).GetDateTimeOffset();

    public static DateTimeOffset? TimeOrNone(this JsonElement body, string member) => body.Has(member) ? body.Time(member) : null;

    /// <summary>The items of a list that is left out where it is empty.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement body, string member) => body.Has(member) ? body.GetProperty(member).EnumerateArray() : [];

    /// <summary>What went wrong when a stored form could not be read.</summary>
    public static bool IsUnreadable(Exception e) => e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException;
}
