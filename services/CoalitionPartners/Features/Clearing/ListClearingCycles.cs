using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Clearing;

/// <summary>A clearing cycle; its time is half-open, from <paramref name="From"/> to before <paramref name="Until"/>.</summary>
/// <param name="Due">When the days of grace are over and it may be closed.</param>
/// <param name="Closing">Who has asked to close it, and who has agreed; for operators.</param>
/// <param name="ThroughSequence">The place in this service's log at which it was cut.</param>
internal sealed record ShownCycle(
    string CycleId, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset Due, CycleStatus Status, ShownClosing? Closing, long? ThroughSequence, DateTimeOffset? ClosedAt)
{
    public static ShownCycle Of(CycleRow row, DateTimeOffset now, bool isOperator) => new(
        row.Cycle.Id.ToString(), row.Cycle.From, row.Cycle.Until, row.Cycle.Due, row.StatusAt(now),
        isOperator && row is { Maker: { } maker, ProposedAt: { } at } ? new(maker, at, row.Checker, row.ApprovedAt) : null, row.CutSequence, row.ClosedAt);

    /// <summary>The same from the cycle's own stream, to whose end the view comes a moment later.</summary>
    public static ShownCycle Of(Cycle cycle, ClearingCycle state, DateTimeOffset now) => Of(
        new CycleRow(
            cycle, state.Cut?.Maker ?? state.Proposal?.Maker, state.Cut?.ApprovedAt ?? state.Proposal?.ProposedAt, state.Cut?.Checker, state.Cut?.ApprovedAt,
            state.Closed?.ThroughSequence, null),
        now, isOperator: true);
}

internal sealed record ShownClosing(string ProposedBy, DateTimeOffset ProposedAt, string? ApprovedBy, DateTimeOffset? ApprovedAt);

internal static class ListClearingCycles
{
    public static void MapListClearingCycles(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/clearing/cycles", async ([AsParameters] PageRequest page, HttpContext http, ClearingReader reader, TimeProvider clock, CancellationToken ct) =>
        {
            var now = clock.GetUtcNow();
            var answer = Page.Of(await reader.List(page.After(DateTimeOffset.MinValue), page.Size + 1, now, ct), page, row => row.Cycle.Until);
            return TypedResults.Ok(new Page<ShownCycle>([.. answer.Items.Select(row => ShownCycle.Of(row, now, http.Caller().Partner is null))], answer.Next));
        })
        .RequireScope("settlement.read")
        .WithSummary("List clearing cycles")
        .WithDescription("In the order of time, in pages: those with postings and the one that runs. open: its time runs. collecting: it is over, and waits to be closed. "
            + "closing: two operators have closed it, and its statements follow within moments. closed: it never changes. settled: it is closed, and all its payments are confirmed.");
}
