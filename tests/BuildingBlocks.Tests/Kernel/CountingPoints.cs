using System.Text.Json;
using Loyalty.Kernel;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Kernel;

public sealed class CountingPoints
{
    [Fact]
    public void adds_subtracts_negates_and_compares()
    {
        (new Points(5) + new Points(7)).ShouldBe(new Points(12));
        (new Points(5) - new Points(7)).ShouldBe(new Points(-2));
        (-new Points(5)).ShouldBe(new Points(-5));
        Points.Min(new(5), new(7)).ShouldBe(new Points(5));
        Points.Max(new(5), new(7)).ShouldBe(new Points(7));
        (new Points(5) < new Points(7) && new Points(7) > new Points(5)).ShouldBeTrue();
        (new Points(5) <= new Points(5) && new Points(5) >= new Points(5)).ShouldBeTrue();
        (new Points(5) < new Points(5) || new Points(5) > new Points(5)).ShouldBeFalse();
        new[] { new Points(3), new Points(1), new Points(2) }.Order().ShouldBe([new(1), new(2), new(3)]);
    }

    [Fact]
    public void refuses_to_overflow()
    {
        Should.Throw<OverflowException>(() => new Points(long.MaxValue) + new Points(1));
        Should.Throw<OverflowException>(() => new Points(long.MinValue) - new Points(1));
        Should.Throw<OverflowException>(() => -new Points(long.MinValue));
        Should.Throw<OverflowException>(() => new[] { long.MaxValue, 1 }.Sum(value => new Points(value)));
    }

    [Fact]
    public void sums_to_none_where_there_is_nothing() => Array.Empty<Points>().Sum(p => p).ShouldBe(Points.Zero);

    [Fact]
    public void is_a_plain_whole_number_in_json()
    {
        JsonSerializer.Serialize(new Points(120)).ShouldBe("120");
        JsonSerializer.Deserialize<Points>("120").ShouldBe(new Points(120));
        JsonSerializer.Deserialize<Points>("9223372036854775807").ShouldBe(new Points(long.MaxValue));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("\"5\"")]
    [InlineData("9223372036854775808")]
    [InlineData("null")]
    [InlineData("true")]
    public void is_nothing_else_in_json(string json) => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Points>(json));

    [Fact]
    public void prints_without_separators() => new Points(1234567).ToString().ShouldBe("1234567");
}
