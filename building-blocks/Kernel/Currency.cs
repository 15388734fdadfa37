using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Kernel;

/// <summary>
/// A currency of ISO 4217 in which partners sell and settle. Codes that stand for no money one can pay with
/// (<c>XXX</c>, <c>XTS</c>, precious metals) are not currencies here.
/// </summary>
[JsonConverter(typeof(CurrencyJson))]
public readonly record struct Currency
{
    // ISO 4217 list one: every active national currency with its number of decimals ("minor unit").
    private static readonly FrozenDictionary<string, int> MinorUnits = Parse(
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP " +
            "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES " +
            "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK " +
            "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB " +
            "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"),
        (3, "BHD IQD JOD KWD LYD OMR TND"));

    private readonly string? code;

    private Currency(string code) => this.code = code;

    /// <summary>The alphabetic code, three capital letters.</summary>
    public string Code => code ?? throw new InvalidOperationException("A currency that was never set has no code.");

    /// <summary>How many decimals an amount in this currency has at most: 2 for EUR, 0 for JPY, 3 for KWD.</summary>
    public int Decimals => MinorUnits[Code];

    /// <summary>How many minor units make one unit: 100 for EUR, 1 for JPY.</summary>
    public long MinorPerUnit => Decimals switch { 0 => 1, 2 => 100, _ => 1000 };

    /// <summary>Finds the currency of a code written exactly as ISO 4217 writes it.</summary>
    public static bool TryFrom([NotNullWhen(true)] string? code, out Currency currency)
    {
        currency = code is not null && MinorUnits.ContainsKey(code) ? new Currency(code) : default;
        return currency.code is not null;
    }

    /// <summary>The currency of a code known to be right; throws <see cref="FormatException"/> otherwise.</summary>
    public static Currency From(string code) =>
        TryFrom(code, out var currency) ? currency : throw new FormatException($"'{code}' is no currency of ISO 4217.");

    /// <inheritdoc/>
    public override string ToString() => Code;

    private static FrozenDictionary<string, int> Parse(params (int Decimals, string Codes)[] groups) => groups
        .SelectMany(g => g.Codes.Split(' ').Select(code => KeyValuePair.Create(code, g.Decimals)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Writes a currency as its code.</summary>
    public sealed class CurrencyJson : JsonConverter<Currency>
    {
        /// <inheritdoc/>
        public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryFrom(reader.GetString(), out var currency) ? currency : throw new JsonException("no currency of ISO 4217");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
    }
}
