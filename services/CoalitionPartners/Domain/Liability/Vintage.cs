using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>The month (UTC) in which points were accrued, written <c>2017-03</c>; <c>unknown</c> where the ledger did not keep it yet.</summary>
[JsonConverter(typeof(VintageJson))]
internal readonly record struct Vintage(Month? Month)
{
    public static readonly Vintage Unknown = new(null);

    public static Vintage Of(DateTimeOffset? accruedAt) => accruedAt is { } at ? new(Domain.Month.Of(at)) : Unknown;

    public static Vintage From(string text) => text == Unknown.ToString() ? Unknown
        : Domain.Month.TryParse(text, out var month) ? new(month)
        : throw new FormatException($"'{text}' is no vintage.");

    public override string ToString() => Month?.ToString() ?? "unknown";

    /// <summary>Writes a vintage as its text.</summary>
    public sealed class VintageJson : JsonConverter<Vintage>
    {
        public override Vintage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => From(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Vintage value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
