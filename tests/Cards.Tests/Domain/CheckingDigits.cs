using FsCheck;
using FsCheck.Fluent;
using Loyalty.Cards.Domain;

namespace Loyalty.Cards.Tests.Domain;

public sealed class CheckingDigits
{
    [Theory]
    [InlineData("79927398713")] // The worked example in most descriptions of Luhn's formula.
    [InlineData("4111111111111111")] // Test numbers that card schemes publish.
    [InlineData("5555555555554444")]
    [InlineData("378282246310005")]
    [InlineData("6011000990139424")]
    public void luhn_agrees_with_published_numbers(string number)
    {
        CardNumber.Checks(number).ShouldBeTrue();
        CardNumber.From(number[..^1]).Digits.ShouldBe(number);
    }

    [Theory]
    [InlineData("4006381333931")] // GS1's article examples.
    [InlineData("5901234123457")]
    [InlineData("9780306406157")] // An ISBN-13 is an EAN-13.
    [InlineData("2000000000008")]
    public void ean_13_agrees_with_published_barcodes(string barcode)
    {
        Barcode.Checks(barcode).ShouldBeTrue();
        Barcode.From(barcode[..^1]).Digits.ShouldBe(barcode);
    }

    [Fact]
    public void luhn_detects_every_wrong_single_digit() => Prop
        .ForAll(Digits(11, 18), body => EveryWrongDigit(CardNumber.From(body).Digits).All(wrong => !CardNumber.Checks(wrong)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void ean_13_detects_every_wrong_single_digit() => Prop
        .ForAll(Digits(12, 12), body => EveryWrongDigit(Barcode.From(body).Digits).All(wrong => !Barcode.Checks(wrong)))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void luhn_detects_every_swap_of_neighbours_but_0_and_9() => Prop
        .ForAll(Digits(11, 18), body => Swaps(CardNumber.From(body).Digits).All(swapped => !CardNumber.Checks(swapped)))
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("60010000001")]
    [InlineData("60010000000000000000")]
    [InlineData("6001-0000-0000-0001")]
    [InlineData("٦٠٠١٠٠٠٠٠٠٠٠٠٠٠١")]
    [InlineData("' OR 1=1--aaaaa")]
    public void what_is_not_twelve_to_nineteen_digits_is_no_card(string text) =>
        PrintedCode.Refuse(text)!.Code.ShouldBe("card-unknown");

    [Theory]
    [InlineData("6001000000000006", null)]
    [InlineData("6001000000000007", "check-digit")]
    [InlineData("2000000000015", null)] // Luhn would want a 6 at the end.
    [InlineData("2000000000016", "check-digit")]
    public void what_was_scanned_is_checked_as_what_it_is(string text, string? refusal) =>
        PrintedCode.Refuse(text)?.Code.ShouldBe(refusal);

    private static Arbitrary<string> Digits(int least, int most) => Gen
        .Choose(least, most)
        .SelectMany(length => Gen.Choose(0, 9).ArrayOf(length))
        .Select(string.Concat)
        .ToArbitrary();

    private static IEnumerable<string> EveryWrongDigit(string digits) =>
        from place in Enumerable.Range(0, digits.Length)
        from digit in "0123456789"
        where digit != digits[place]
        select $"{digits[..place]}{digit}{digits[(place + 1)..]}";

    private static IEnumerable<string> Swaps(string digits) =>
        from place in Enumerable.Range(0, digits.Length - 1)
        let pair = (digits[place], digits[place + 1])
        where pair.Item1 != pair.Item2 && pair is not (('0', '9') or ('9', '0'))
        select $"{digits[..place]}{pair.Item2}{pair.Item1}{digits[(place + 2)..]}";
}
