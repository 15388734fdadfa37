using Loyalty.PointsLedger.Storage;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

public sealed class KeepingWithinBounds
{
    [Fact]
    public void keeps_no_more_than_the_budget()
    {
        var cache = new BoundedCache<int, int>(1_000, _ => 10);
        for (var i = 0; i < 10_000; i++) cache.Put(i, i);
        Enumerable.Range(0, 10_000).Reverse().Count(i => cache.TryGet(i, out _)).ShouldBe(100);
    }

    [Fact]
    public void keeps_all_that_fits_however_it_is_used()
    {
        var cache = new BoundedCache<int, int>(1_000, _ => 10);
        for (var i = 0; i < 10_000; i++) cache.Put(i * 7 % 100, i);
        Enumerable.Range(0, 100).Count(i => cache.TryGet(i, out _)).ShouldBe(100);
    }

    [Fact]
    public void keeps_what_is_used_and_lets_go_of_what_is_not()
    {
        var cache = new BoundedCache<int, int>(100, _ => 1);
        cache.Put(-1, 1);
        cache.Put(-2, 2);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Put(i, i);
            cache.TryGet(-1, out var used).ShouldBeTrue();
            used.ShouldBe(1);
        }

        cache.TryGet(-2, out _).ShouldBeFalse();
    }

    [Fact]
    public void counts_nothing_for_what_was_removed_or_replaced()
    {
        var cache = new BoundedCache<int, int>(100, _ => 10);
        for (var i = 1; i <= 3; i++) cache.Put(i, i);
        for (var i = 0; i < 1_000; i++)
        {
            cache.Put(0, i);
            cache.Put(0, i);
            cache.Remove(0);
        }

        cache.TryGet(0, out _).ShouldBeFalse();
        Enumerable.Range(1, 3).Count(i => cache.TryGet(i, out _)).ShouldBe(3);
    }

    [Fact]
    public async Task brings_back_nothing_that_was_replaced_while_somebody_read_it()
    {
        var cache = new BoundedCache<int, int>(20, _ => 1);
        using var done = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested) cache.TryGet(0, out var _);
        })));

        for (var i = 0; i < 100_000; i++)
        {
            // Something else each time, so that the value read has grown old.
            for (var other = 1; other <= 10; other++) cache.Put(other, i);
            cache.Put(0, i);
            if (cache.TryGet(0, out var found)) found.ShouldBe(i);
        }

        await done.CancelAsync();
        await reading;
    }
}
