using Loyalty.EventStore;
using MediatR;
using Npgsql;

namespace Loyalty.Commands;

/// <summary>
/// Third behaviour, and the unit of work: what the handler appended, the rows it enlisted and the permanent record of the outcome
/// are committed together. When somebody else commits first, the handler decides again on the new state.
/// </summary>
internal sealed class ExactlyOnce<TCommand, TAnswer>(Session session, OutcomeRecords records, HotStreams hot) : IPipelineBehavior<TCommand, Outcome<TAnswer>>
    where TCommand : ICommand<TAnswer>
{
    // A handler whose rows collide with others' for this long is not losing races, it is wrong.
    private const int CollisionsBeforeItIsABug = 20;

    public async Task<Outcome<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Outcome<TAnswer>> next)
    {
        var identity = request is IExactlyOnce once ? RequestIdentity.Of(request, once) : null;
        using var turn = new Turn(hot);
        for (var attempt = 0; ; attempt++)
        {
            if (identity is not null && await records.Find<TAnswer>(identity, cancellationToken) is { } known)
                return known;
            try
            {
                return await Decide(identity, next, cancellationToken);
            }
            catch (Exception e) when (IsLostRace(e, attempt))
            {
                CommandTelemetry.Conflicts.Add(1, new KeyValuePair<string, object?>("loyalty.command", typeof(TCommand).Name));
                var stream = session.PendingStreams.Select(id => (Guid?)id).FirstOrDefault();
                session.Discard();
                await turn.Wait(stream, attempt, cancellationToken);
            }
        }
    }

    private async Task<Outcome<TAnswer>> Decide(RequestIdentity? identity, RequestHandlerDelegate<Outcome<TAnswer>> next, CancellationToken cancellationToken)
    {
        var outcome = await next();
        if (outcome is not Outcome<TAnswer>.Accepted)
            session.Discard();
        if (identity is not null && outcome is Outcome<TAnswer>.Accepted or Outcome<TAnswer>.Refused { Remember: true })
            session.Enlist(OutcomeRecords.Insert(identity!, outcome));
        else if (outcome is not Outcome<TAnswer>.Accepted)
            return outcome;
        await session.SaveChanges(cancellationToken);
        return outcome;
    }

    // There is no limit on lost races on a stream: each one means that somebody else's command was committed, and the request's own
    // deadline ends the waiting. A unique key that keeps colliding, however, would collide for ever.
    private static bool IsLostRace(Exception e, int attempt) => e switch
    {
        ConcurrencyException => true,
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => true,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } => attempt < CollisionsBeforeItIsABug,
        _ => false,
    };
}
