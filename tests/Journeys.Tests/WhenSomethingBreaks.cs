namespace Loyalty.Journeys.Tests;

/// <summary>Parts are ended in the middle of the load. Afterwards every purchase counts once, everywhere.</summary>
[Collection(RunningCoalition.Name)]
public sealed class WhenSomethingBreaks(Coalition coalition)
{
    [Theory]
    [InlineData(Coalition.Ledger)]
    [InlineData(Coalition.Partners)]
    public async Task a_killed_service_catches_up_and_nothing_is_lost_or_doubled(string service) => await UnderLoad(async () =>
    {
        await coalition.Kill(service);
        await coalition.Start(service);
    });

    [Fact]
    public async Task a_restarted_broker_delays_messages_and_loses_none() => await UnderLoad(coalition.Rabbit.Restart);

    [Fact]
    public async Task a_killed_broker_delays_messages_and_loses_none() => await UnderLoad(async () =>
    {
        await coalition.Rabbit.Kill();
        await coalition.Rabbit.Start();
    });

    [Fact]
    public async Task a_restarted_database_keeps_what_was_answered() => await UnderLoad(coalition.Postgres.Restart);

    [Fact]
    public async Task a_killed_database_keeps_what_was_answered() => await UnderLoad(async () =>
    {
        await coalition.Postgres.Kill();
        await coalition.Postgres.Start();
    });

    [Fact]
    public async Task the_ledger_alone_still_answers_tills_even_after_a_restart()
    {
        var till = await coalition.Operator.Admit();
        var member = await coalition.Operator.EnrolOne(till);
        await till.BuyWhenKnown(member, 100.00m);
        string[] others = [Coalition.Partners, Coalition.Customers, Coalition.Cards];

        await coalition.Stop(others);
        try
        {
            (await till.Buy(member, 20.00m)).Accepted().Number("balance").ShouldBe(120);
            (await till.Redeem(member, 50)).Accepted().Number("balance").ShouldBe(70);

            await coalition.Stop(Coalition.Ledger);
            await coalition.Start(Coalition.Ledger);

            (await till.Buy(member, 5.00m)).Accepted().Number("balance").ShouldBe(75);
            (await till.Balance(member)).ShouldBe(75);
        }
        finally
        {
            await Task.WhenAll(others.Select(coalition.Start));
        }

        await Eventually.Holds(async () =>
        {
            var position = await coalition.Operator.PositionOf(till);
            (position.Issued, position.Redeemed).ShouldBe((125, 50));
        });
    }

    private async Task UnderLoad(Func<Task> breaking)
    {
        var till = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(till, 5);
        var warm = await coalition.Operator.EnrolOne(till);
        var first = await till.BuyWhenKnown(warm, 1.00m);
        var load = new Load(till, members, purchases: 600);

        var running = load.Run();
        await load.Reaches(0.3);
        await breaking();
        await running;

        await load.CountsOnce(coalition.Operator, besides: first.Number("points"));
        await coalition.StreamsHaveNoHoles();
    }
}
