using System.Collections.Concurrent;
using System.Diagnostics;
using Loyalty.Commands;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Commands;

public sealed class CommandTracing(Purses purses) : IClassFixture<Purses>
{
    [Fact]
    public async Task every_command_is_a_span_with_its_outcome()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CommandTelemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new Activity("request").Start();
        var purse = Guid.NewGuid();
        await purses.Send(new Fill(purse, "a", purse, 5));
        await purses.Send(new Empty(purse, "b", purse, 6));
        spans.Where(s => s.TraceId == request.TraceId).Select(s => (s.DisplayName, s.GetTagItem("loyalty.outcome")))
            .ShouldBe([("Fill", "accepted"), ("Empty", "insufficient-coins")], ignoreOrder: true);
    }
}
