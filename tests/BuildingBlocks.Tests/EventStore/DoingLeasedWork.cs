using Loyalty.EventStore;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

public sealed class DoingLeasedWork(PostgresServer server)
{
    [Fact]
    public async Task falls_to_one_process_and_to_the_other_once_that_is_gone()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var here = new Process(store);
        await Eventually.Holds(() => here.Steps > 1);
        await using var there = new Process(store);
        var before = here.Steps;
        await Eventually.Holds(() => here.Steps > before + 3);
        there.Steps.ShouldBe(0);

        await here.DisposeAsync();

        await Eventually.Holds(() => there.Steps > 1);
    }

    [Fact]
    public async Task goes_on_after_a_step_that_failed_and_says_why_it_had_to_wait()
    {
        await using var store = await StoreUnderTest.On(server);
        await using var here = new Process(store, fails: true);
        await Eventually.Holds(() => here.Told is InvalidOperationException);
        here.Steps.ShouldBe(0);

        here.Fails = false;

        await Eventually.Holds(() => here.Steps > 1);
    }

    private sealed class Process : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task work;
        private int steps;

        public Process(StoreUnderTest store, bool fails = false)
        {
            Fails = fails;
            work = LeasedWork.Run(store.Documents.DataSource, "work", Step, e => Told = e, stop.Token);
        }

        public bool Fails { get; set; }

        public Exception? Told { get; private set; }

        public int Steps => Volatile.Read(ref steps);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await work;
        }

        private Task<bool> Step(CancellationToken ct)
        {
            if (Fails)
                throw new InvalidOperationException("This step fails.");
            Interlocked.Increment(ref steps);
            return Task.FromResult(false);
        }
    }
}
