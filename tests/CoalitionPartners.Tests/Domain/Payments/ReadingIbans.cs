using Loyalty.CoalitionPartners.Domain.Payments;

namespace Loyalty.CoalitionPartners.Tests.Domain.Payments;

public sealed class ReadingIbans
{
    // The examples that ISO 13616's registry gives for these countries.
    [Theory]
    [InlineData("AT61 1904 3002 3457 3201"), InlineData("BE68 5390 0754 7034"), InlineData("CH93 0076 2011 6238 5295 7"), InlineData("DE89370400440532013000")]
    [InlineData("FR14 2004 1010 0505 0001 3M02 606"), InlineData("GB29 NWBK 6016 1331 9268 19"), InlineData("MT84 MALT 0110 0001 2345 MTLC AST0 01S"), InlineData("NO93 8601 1117 947")]
    public void takes_numbers_with_and_without_spaces(string written) => Iban.Read(written).ShouldBe(written.Replace(" ", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("DE88370400440532013000"), InlineData("DE89370400440532013001"), InlineData("DE8937040044053201300"), InlineData("DE893704004405320130000")]
    [InlineData("de89370400440532013000"), InlineData("DE89-3704-0044-0532-0130-00"), InlineData("89DE370400440532013000"), InlineData(""), InlineData("DE"), InlineData(null)]
    [InlineData("GB29NWBK60161331926891")]
    public void refuses_what_is_mistyped(string? written) => Iban.Read(written).ShouldBeNull();

    [Theory]
    [InlineData("DEUTDEFF", true), InlineData("COBADEFFXXX", true), InlineData("DEUTDEF", false), InlineData("DEUT1EFF", false), InlineData("deutdeff", false), InlineData("DEUTDEFFXX", false)]
    public void knows_a_bic_by_its_form(string written, bool good) => Bic.IsBic(written).ShouldBe(good);
}
