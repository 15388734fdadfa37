using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.Commands;

/// <summary>Turns what a stream's state decided into the outcome of a command.</summary>
public static class Decisions
{
    /// <summary>
    /// Appends what was decided and answers from the state after it. A decision that nothing needs to change, as on a repeat, is
    /// answered alike; a refusal becomes the outcome.
    /// </summary>
    public static Outcome<TAnswer> Append<TState, TEvent, TAnswer>(
        this Session session, EventStream<TState> stream, Decision<TEvent> decision, Func<TState, TAnswer> answer)
        where TState : class, IAggregate<TState>
        where TEvent : class
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(answer);
        return decision switch
        {
            Decision<TEvent>.Accepted accepted => answer(session.Append(stream, accepted.Events).State),
            Decision<TEvent>.Refused refused => refused.Refusal,
            _ => throw new InvalidOperationException("A decision is accepted or refused."),
        };
    }
}
