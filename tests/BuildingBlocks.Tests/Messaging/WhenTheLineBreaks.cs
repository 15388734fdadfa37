using Loyalty.Contracts;
using Loyalty.Messaging;
using Loyalty.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Messaging;

/// <summary>The line to the broker breaks over and over, at moments that differ by single bytes: in handshakes, declarations, publications, acknowledgements.</summary>
public sealed class WhenTheLineBreaks(PostgresServer postgres, RabbitServer rabbit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task again_and_again_everything_still_arrives_once(int seed)
    {
        await using var coalition = await Coalition.Create(postgres, rabbit, cuttable: true);
        await coalition.StartAll();
        var random = new Random(seed);
        var told = 0;
        for (var round = 0; round < 4; round++)
        {
            for (var cut = 0; cut < 5; cut++, told += 10)
            {
                await coalition.Accrue(told, 10);
                await coalition.Line!.BreaksAfter(random.Next(1, 15_000), orAfter: TimeSpan.FromMilliseconds(random.Next(1, 600)));
            }

            await Eventually.Holds(() => ArrivedOnce(coalition, told), Patience);
        }

        (await new DeadLetters(coalition.Broker).List(ct: Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task silently_it_is_noticed_and_readiness_shows_it()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit, cuttable: true);
        var settlement = await coalition.StartSettlement();
        await coalition.StartActivity();
        var ledger = await coalition.StartLedger();
        await coalition.Accrue(0, 10);
        await Eventually.Holds(() => ArrivedOnce(coalition, 10), Patience);

        coalition.Line!.FallSilent();
        await coalition.Accrue(10, 10);

        await Eventually.Holds(async () => (await Coalition.HealthOf(ledger, "relay")).Status.ShouldBe(HealthStatus.Degraded), Patience);
        await Eventually.Holds(async () => (await Coalition.HealthOf(settlement, "consumers")).Status.ShouldBe(HealthStatus.Degraded), Patience);
        coalition.Line.Speak();
        await Eventually.Holds(() => ArrivedOnce(coalition, 20), Patience);
        await Eventually.Holds(async () => (await Coalition.HealthOf(settlement, "consumers")).Status.ShouldBe(HealthStatus.Healthy), Patience);
    }

    [Fact]
    public async Task or_a_consumer_never_comes_back_from_an_event_another_takes_over()
    {
        await using var coalition = await Coalition.Create(postgres, rabbit);
        var stuck = new TaskCompletionSource();
        var tries = 0;
        coalition.Misfortune.Strikes = id => id == "t1" && Interlocked.Increment(ref tries) == 1 ? stuck.Task : Task.CompletedTask;
        var activity = await coalition.StartActivity();
        await using var connection = await coalition.Connect();
        await Topology.Declare(connection, Subscriptions.CoalitionPartnersSettlement, Ct);
        await coalition.StartLedger();

        await Eventually.Holds(async () => (await Coalition.HealthOf(activity, "consumers")).Status.ShouldBe(HealthStatus.Healthy), Patience);
        await coalition.Accrue(0, 10);

        await Eventually.Holds(async () => (await Coalition.HealthOf(activity, "consumers")).Status.ShouldBe(HealthStatus.Degraded), Patience);
        await coalition.StartSettlement();
        await Eventually.Holds(() => ArrivedOnce(coalition, 10), Patience);
        stuck.SetException(new InvalidOperationException("It comes back after all."));
        (await new DeadLetters(coalition.Broker).List(ct: Ct)).ShouldBeEmpty();
    }

    private static async Task ArrivedOnce(Coalition coalition, int count)
    {
        var expected = Enumerable.Range(0, count).Select(n => $"t{n}").Order(StringComparer.Ordinal).ToList();
        (await coalition.Effects(Subscriptions.CoalitionPartnersSettlement)).Order(StringComparer.Ordinal).ShouldBe(expected);
        (await coalition.Effects(Subscriptions.CustomersActivity)).Order(StringComparer.Ordinal).ShouldBe(expected);
    }
}
