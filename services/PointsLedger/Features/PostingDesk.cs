using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Lanes;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// Takes postings of one kind one at a time: a span and a measurement around each, its rules, then its lane. The lanes do what
/// <see cref="Loyalty.Commands"/> does for other commands, so nothing of that stands between.
/// </summary>
internal sealed class PostingDesk<TCommand, TAnswer>(PostingLanes lanes, DryRuns dryRuns, IEnumerable<IValidator<TCommand>> rules) where TCommand : IPosting<TAnswer>
{
    private readonly IValidator<TCommand>[] rules = [.. rules];

    /// <summary>Posts, and answers after the commit. Throws <see cref="LaneFullException"/> at once when too many wait already.</summary>
    public Task<Outcome<TAnswer>> Post(TCommand command, Origin origin, CancellationToken ct) =>
        CommandTelemetry.Measure(typeof(TCommand), () => rules.FaultsOf(command) is { Count: > 0 } faults
            ? Task.FromResult<Outcome<TAnswer>>(new Outcome<TAnswer>.Invalid(faults))
            : lanes.Post(command, origin, ct));

    /// <summary>Answers what posting it now would, and posts nothing. Throws <see cref="LaneFullException"/> at once when too many ask already.</summary>
    public Task<Outcome<TAnswer>> Simulate(TCommand command, Origin origin, CancellationToken ct) => rules.FaultsOf(command) is { Count: > 0 } faults
        ? Task.FromResult<Outcome<TAnswer>>(new Outcome<TAnswer>.Invalid(faults))
        : dryRuns.Run(command, origin, ct);
}
