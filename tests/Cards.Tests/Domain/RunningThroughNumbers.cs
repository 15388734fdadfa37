using Loyalty.Cards.Domain;

namespace Loyalty.Cards.Tests.Domain;

public sealed class RunningThroughNumbers
{
    private static readonly byte[] Key = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void every_number_of_the_run_comes_up_exactly_once(int bodyDigits)
    {
        var run = new NumberRun("6001", bodyDigits, Key);

        var numbers = Enumerable.Range(0, (int)run.Size).Select(serial => run.At(serial)).ToList();

        numbers.Distinct(StringComparer.Ordinal).Count().ShouldBe(numbers.Count);
        numbers.ShouldAllBe(number => number.Length == 4 + bodyDigits && number.StartsWith("6001"));
    }

    [Fact]
    public void the_order_of_a_run_never_changes() =>
        Enumerable.Range(0, 3).Select(serial => new NumberRun("6001", 11, Key).At(serial))
            .ShouldBe(["600123238300220", "600152866438829", "600164640015817"]);

    [Fact]
    public void another_key_gives_another_order()
    {
        byte[] other = [.. Key.Reverse()];
        Enumerable.Range(0, 20).Select(serial => new NumberRun("6001", 11, Key).At(serial))
            .Intersect(Enumerable.Range(0, 20).Select(serial => new NumberRun("6001", 11, other).At(serial)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void neighbours_do_not_follow_each_other()
    {
        var run = new NumberRun("", 17, Key);
        var bodies = Enumerable.Range(0, 1000).Select(serial => long.Parse(run.At(serial))).ToList();
        bodies.Zip(bodies.Skip(1), (a, b) => Math.Abs(a - b)).Min().ShouldBeGreaterThan(1_000_000_000);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    public void a_serial_beyond_the_run_is_a_bug(long serial) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new NumberRun("6001", 3, Key).At(serial));
}
