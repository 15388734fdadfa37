using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// A JSON number kept exactly as it was written, so that rules can tell <c>100</c> from <c>100.0</c> and nothing is rounded before
/// it is checked. Texts, positive exponents and numbers beyond 2^63-1 can't be read at all; everything else is for the rules
/// <see cref="NumberRules.MustBePoints{T}"/> and <see cref="NumberRules.MustBeMoney{T}"/>. Written, and therefore hashed, in one canonical form: 5.00 and 5 are
/// the same payload.
/// </summary>
[JsonConverter(typeof(ExactNumberJson))]
public readonly record struct ExactNumber
{
    internal const int MaxDigits = 28;

    private readonly string? text;

    private ExactNumber(string text) => this.text = text;

    /// <summary>The number as it was written.</summary>
    public string Text => text ?? "0";

    /// <summary>How many decimals are written: 2 for 12.30.</summary>
    internal int Decimals => Text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? Text.Length - point - 1 : 0;

    internal bool HasExponent => Text.AsSpan().IndexOfAny('e', 'E') >= 0;

    internal bool IsNegative => Text[0] == '-';

    internal bool HasTooManyDigits => Text.Count(char.IsAsciiDigit) > MaxDigits;

    /// <summary>The value. Only a number that passed its rule has one.</summary>
    public decimal Value => decimal.Parse(Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    /// <summary>The number a text writes; throws <see cref="FormatException"/> for one that can't be read.</summary>
    public static ExactNumber From(string text) => Unreadable(text) is { } why ? throw new FormatException(why) : new(text);

    /// <summary>A whole number.</summary>
    public static ExactNumber From(long value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A decimal number.</summary>
    public static ExactNumber From(decimal value) => new(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>As points; for a number that passed <see cref="NumberRules.MustBePoints{T}"/>.</summary>
    public Points ToPoints() => new(checked((long)Value));

    /// <summary>As money; for a number that passed <see cref="NumberRules.MustBeMoney{T}"/>.</summary>
    public Money ToMoney(Currency currency) => new(checked((long)(Value * currency.MinorPerUnit)), currency);

    /// <inheritdoc/>
    public bool Equals(ExactNumber other) => string.Equals(Canonical(), other.Canonical(), StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => Canonical().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal string Canonical()
    {
        if (HasExponent || Decimals == 0)
            return Text;
        return Text.TrimEnd('0').TrimEnd('.');
    }

    // Whether the text is a JSON number at all was settled by whoever read the JSON.
    private static string? Unreadable(string text)
    {
        if (text.AsSpan().IndexOfAny('e', 'E') is >= 0 and var exponent)
            return text[exponent + 1] == '-' ? null : "write the number without an exponent";
        var whole = text.AsSpan(0, text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? point : text.Length);
        return whole.Length <= MaxDigits && BigInteger.Abs(BigInteger.Parse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) > long.MaxValue
            ? "the number is beyond 2^63-1"
            : null;
    }

    /// <summary>Reads a number as it is written and writes it in its canonical form.</summary>
    public sealed class ExactNumberJson : JsonConverter<ExactNumber>
    {
        /// <inheritdoc/>
        public override ExactNumber Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw new JsonException("write a JSON number, without quotes");
            var text = reader.HasValueSequence ? Encoding.ASCII.GetString(reader.ValueSequence) : Encoding.ASCII.GetString(reader.ValueSpan);
            return Unreadable(text) is { } why ? throw new JsonException(why) : new ExactNumber(text);
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, ExactNumber value, JsonSerializerOptions options) => writer.WriteRawValue(value.Canonical());
    }
}
