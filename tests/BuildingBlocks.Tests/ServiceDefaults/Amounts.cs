using System.Net;
using System.Text;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.ServiceDefaults;

public sealed class Amounts(TinyService service) : IClassFixture<TinyService>
{
    [Theory]
    [InlineData("1", 200)]
    [InlineData("1000000000000", 200)]
    [InlineData("0", 422)]
    [InlineData("-1", 422)]
    [InlineData("-0", 422)]
    [InlineData("1.5", 422)]
    [InlineData("9223372036854775807", 422)]
    [InlineData("1e-30", 422)]
    [InlineData("1e-999999999", 422)]
    [InlineData("12345678901234567890123456789", 422)]
    [InlineData("100.0", 400)]
    [InlineData("1e2", 400)]
    [InlineData("1E+2", 400)]
    [InlineData("1e309", 400)]
    [InlineData("9223372036854775808", 400)]
    [InlineData("\"5\"", 400)]
    [InlineData("true", 400)]
    [InlineData("NaN", 400)]
    [InlineData("Infinity", 400)]
    [InlineData("0x10", 400)]
    [InlineData("01", 400)]
    [InlineData("+1", 400)]
    [InlineData(".5", 400)]
    [InlineData("5.", 400)]
    public async Task points(string written, int status) => (await Post(written, "1.00", "EUR")).ShouldBe(status);

    [Theory]
    [InlineData("12.34", "EUR", 200)]
    [InlineData("12", "EUR", 200)]
    [InlineData("12", "JPY", 200)]
    [InlineData("1.234", "KWD", 200)]
    [InlineData("1.234", "EUR", 422)]
    [InlineData("1.5", "JPY", 422)]
    [InlineData("1.0", "JPY", 422)]
    [InlineData("0", "EUR", 422)]
    [InlineData("0.00", "EUR", 422)]
    [InlineData("-0", "EUR", 422)]
    [InlineData("-0.0", "EUR", 422)]
    [InlineData("-1", "EUR", 422)]
    [InlineData("1e-30", "EUR", 422)]
    [InlineData("0.00000000000000000000000000001", "EUR", 422)]
    [InlineData("9223372036854775807", "EUR", 422)]
    [InlineData("1", "eur", 422)]
    [InlineData("1", "XXX", 422)]
    [InlineData("1", "", 422)]
    [InlineData("1", "EURO", 422)]
    [InlineData("1e2", "EUR", 400)]
    [InlineData("9223372036854775808", "EUR", 400)]
    [InlineData("\"5\"", "EUR", 400)]
    public async Task money(string written, string currency, int status) => (await Post("1", written, currency)).ShouldBe(status);

    [Fact]
    public async Task a_number_that_fills_the_body_is_read_no_further_than_needed() =>
        (await Post(new string('9', 60_000), "1", "EUR")).ShouldBe(422);

    private async Task<int> Post(string points, string amount, string currency)
    {
        using var content = new StringContent($$"""{"points":{{points}},"amount":{{amount}},"currency":"{{currency}}"}""", Encoding.UTF8, "application/json");
        using var answer = await service.Client.PostAsync(new Uri("/v1/postings", UriKind.Relative), content);
        if (answer.StatusCode != HttpStatusCode.OK)
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return (int)answer.StatusCode;
    }
}
