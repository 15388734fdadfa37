using System.Diagnostics;

namespace Loyalty.Journeys.Tests;

[Collection(RunningCoalition.Name)]
public sealed class OnePurchase(Coalition coalition)
{
    [Fact]
    public async Task is_one_trace_from_the_till_through_the_broker_to_the_settlement()
    {
        var till = await coalition.Operator.Admit();
        var member = await coalition.Operator.EnrolOne(till);
        await till.BuyWhenKnown(member, 1.00m);
        var (trace, root) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());

        (await till.Buy(member, 12.00m, traceParent: $"00-{trace}-{root}-01")).Accepted();

        await Eventually.Holds(() =>
        {
            var spans = coalition.Telemetry.Of(trace);
            spans.Select(span => span.Service).Distinct().Order(StringComparer.Ordinal).ShouldBe(["coalition-partners", "customers", "points-ledger"]);
            var known = spans.Select(span => span.SpanId).Append(root).ToHashSet();
            spans.ShouldAllBe(span => known.Contains(span.ParentSpanId));
            spans.ShouldContain(span => span.Service == "points-ledger" && span.ParentSpanId == root);
            var settle = spans.Where(span => span.Name == "settle").ShouldHaveSingleItem();
            spans.Where(span => span.Name == "show in settlement").ShouldHaveSingleItem().ParentSpanId.ShouldBe(settle.SpanId);
            return Task.CompletedTask;
        }, TimeSpan.FromSeconds(30));
    }
}
