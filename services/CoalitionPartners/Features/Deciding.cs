using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Features;

internal static class Deciding
{
    /// <summary>Appends what was decided and answers from the state after it; a repeat, which decides nothing new, is answered alike.</summary>
    public static Outcome<TAnswer> Append<TState, TFact, TAnswer>(
        this Session session, EventStream<TState> stream, Decision<TFact> decision, Func<TState, TAnswer> answer)
        where TState : class, IAggregate<TState>
        where TFact : class => decision switch
    {
        Decision<TFact>.Accepted accepted => new Outcome<TAnswer>.Accepted(answer(session.Append(stream, accepted.Events).State)),
        Decision<TFact>.Refused refused => new Outcome<TAnswer>.Refused(refused.Refusal),
        _ => throw new InvalidOperationException("There is no such decision."),
    };
}
