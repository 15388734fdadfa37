using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>How long a clearing cycle runs. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Cadence>))]
internal enum Cadence
{
    [JsonStringEnumMemberName("daily")]
    Daily,

    [JsonStringEnumMemberName("weekly")]
    Weekly,

    [JsonStringEnumMemberName("monthly")]
    Monthly,
}

/// <summary>
/// The name of a clearing cycle: a day (<c>2017-03-14</c>), a week of ISO 8601 (<c>2017-W09</c>) or a month (<c>2017-03</c>). When it begins
/// and ends, the calendar says.
/// </summary>
[JsonConverter(typeof(CycleIdJson))]
internal sealed record CycleId
{
    private CycleId(Cadence cadence, DateOnly first) => (Cadence, First) = (cadence, first);

    public Cadence Cadence { get; }

    /// <summary>Its first day.</summary>
    public DateOnly First { get; }

    /// <summary>Its last day.</summary>
    public DateOnly Last => Next().First.AddDays(-1);

    /// <summary>The cycle of this cadence to which a day belongs.</summary>
    public static CycleId Of(Cadence cadence, DateOnly day) => new(cadence, cadence switch
    {
        Cadence.Daily => day,
        Cadence.Weekly => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        _ => new DateOnly(day.Year, day.Month, 1),
    });

    public static bool TryParse(string? text, [NotNullWhen(true)] out CycleId? id)
    {
        id = TryDay(text, "yyyy-MM", out var first) ? Of(Cadence.Monthly, first)
            : TryDay(text, "yyyy-MM-dd", out var day) ? Of(Cadence.Daily, day)
            : TryWeek(text, out var monday) ? Of(Cadence.Weekly, monday)
            : null;
        // Beyond these years the arithmetic of dates would leave its range.
        return id?.First.Year is >= 1900 and <= 9000;
    }

    public CycleId Next() => Of(Cadence, Cadence switch
    {
        Cadence.Daily => First.AddDays(1),
        Cadence.Weekly => First.AddDays(7),
        _ => First.AddMonths(1),
    });

    public CycleId Previous() => Of(Cadence, First.AddDays(-1));

    public override string ToString() => Cadence switch
    {
        Cadence.Daily => First.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Cadence.Weekly => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(First):0000}-W{ISOWeek.GetWeekOfYear(First):00}"),
        _ => First.ToString("yyyy-MM", CultureInfo.InvariantCulture),
    };

    private static bool TryDay(string? text, string form, out DateOnly day) =>
        DateOnly.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static bool TryWeek(string? text, out DateOnly monday)
    {
        monday = default;
        if (text is not { Length: 8 } || text[4..6] != "-W"
            || !int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) || year is < 1900 or > 9000
            || !int.TryParse(text.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var week) || week < 1 || week > ISOWeek.GetWeeksInYear(year))
            return false;
        monday = ISOWeek.ToDateOnly(year, week, DayOfWeek.Monday);
        return true;
    }

    /// <summary>Writes a cycle as its name.</summary>
    public sealed class CycleIdJson : JsonConverter<CycleId>
    {
        public override CycleId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var id) ? id : throw new JsonException("not a clearing cycle");

        public override void Write(Utf8JsonWriter writer, CycleId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
