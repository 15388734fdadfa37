using System.Globalization;
using System.Text.Json;
using Loyalty.Kernel;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Kernel;

public sealed class CountingMoney
{
    private static readonly Currency Eur = Currency.From("EUR");
    private static readonly Currency Jpy = Currency.From("JPY");

    [Theory]
    [InlineData("EUR", 2, 100)]
    [InlineData("JPY", 0, 1)]
    [InlineData("KWD", 3, 1000)]
    public void knows_the_decimals_of_each_currency(string code, int decimals, long minorPerUnit)
    {
        var currency = Currency.From(code);
        (currency.Code, currency.Decimals, currency.MinorPerUnit).ShouldBe((code, decimals, minorPerUnit));
    }

    [Theory]
    [InlineData("eur")]
    [InlineData("XXX")]
    [InlineData("XAU")]
    [InlineData("EURO")]
    [InlineData(" EUR")]
    [InlineData("")]
    [InlineData(null)]
    public void knows_no_other_currency(string? code)
    {
        Currency.TryFrom(code, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => Currency.From(code!));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Currency>(JsonSerializer.Serialize(code)));
    }

    [Fact]
    public void refuses_a_currency_that_was_never_set() => Should.Throw<InvalidOperationException>(() => default(Currency).Code);

    [Fact]
    public void adds_and_subtracts_amounts_of_one_currency()
    {
        (new Money(1234, Eur) + new Money(66, Eur)).ShouldBe(new Money(1300, Eur));
        (new Money(1234, Eur) - new Money(2000, Eur)).ShouldBe(new Money(-766, Eur));
        (-new Money(5, Eur)).ShouldBe(new Money(-5, Eur));
        (Money.Zero(Eur) + new Money(5, Eur)).ShouldBe(new Money(5, Eur));
        new Money(1234, Eur).Amount.ShouldBe(12.34m);
        new Money(1234, Jpy).Amount.ShouldBe(1234m);
        new Money(1234, Eur).ToString().ShouldBe("12.34 EUR");
    }

    [Fact]
    public void never_mixes_currencies_and_never_overflows()
    {
        Should.Throw<InvalidOperationException>(() => new Money(1, Eur) + new Money(1, Jpy));
        Should.Throw<InvalidOperationException>(() => new Money(1, Eur) - new Money(1, Jpy));
        Should.Throw<OverflowException>(() => new Money(long.MaxValue, Eur) + new Money(1, Eur));
        Should.Throw<OverflowException>(() => Money.Rounded(decimal.MaxValue / 1000, Eur));
    }

    [Theory]
    [InlineData("0.005", "EUR", 0)]
    [InlineData("0.015", "EUR", 2)]
    [InlineData("-0.025", "EUR", -2)]
    [InlineData("0.0251", "EUR", 3)]
    [InlineData("2.5", "JPY", 2)]
    [InlineData("1.0005", "KWD", 1000)]
    public void rounds_halves_to_the_even_neighbour(string amount, string currency, long minor) =>
        Money.Rounded(decimal.Parse(amount, CultureInfo.InvariantCulture), Currency.From(currency)).ShouldBe(new Money(minor, Currency.From(currency)));

    [Fact]
    public void survives_json()
    {
        var json = JsonSerializer.Serialize(new Money(1234, Eur));
        JsonDocument.Parse(json).RootElement.GetProperty("Currency").GetString().ShouldBe("EUR");
        JsonSerializer.Deserialize<Money>("""{"Minor": 1234, "Currency": "EUR"}""").ShouldBe(new Money(1234, Eur));
    }
}
