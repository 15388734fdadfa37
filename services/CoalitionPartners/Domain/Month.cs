using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>A calendar month in UTC, written <c>2017-03</c>.</summary>
[JsonConverter(typeof(MonthJson))]
internal readonly record struct Month : IComparable<Month>
{
    private Month(DateOnly first) => First = first;

    /// <summary>Its first day.</summary>
    public DateOnly First { get; }

    /// <summary>The month in which an instant lies. Offsets don't count: one instant is in one month, whoever reports it.</summary>
    public static Month Of(DateTimeOffset instant) => new(new DateOnly(instant.UtcDateTime.Year, instant.UtcDateTime.Month, 1));

    public static Month Of(DateOnly day) => new(new DateOnly(day.Year, day.Month, 1));

    public static bool operator <(Month a, Month b) => a.First < b.First;

    public static bool operator >(Month a, Month b) => a.First > b.First;

    public static bool operator <=(Month a, Month b) => a.First <= b.First;

    public static bool operator >=(Month a, Month b) => a.First >= b.First;

    public int CompareTo(Month other) => First.CompareTo(other.First);

    public Month Next() => new(First.AddMonths(1));

    public Month Previous() => new(First.AddMonths(-1));

    /// <summary>How many months this one is after another; below zero before it.</summary>
    public int Since(Month other) => ((First.Year - other.First.Year) * 12) + First.Month - other.First.Month;

    public static bool TryParse(string? text, out Month month)
    {
        // The first and the last year of the calendar have months without a neighbour.
        var parsed = DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is > 1 and < 9999;
        month = new Month(first);
        return parsed;
    }

    public override string ToString() => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Writes a month as its text.</summary>
    public sealed class MonthJson : JsonConverter<Month>
    {
        public override Month Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var month) ? month : throw new JsonException("not a month");

        public override void Write(Utf8JsonWriter writer, Month value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
