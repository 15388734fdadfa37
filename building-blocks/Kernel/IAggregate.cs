namespace Loyalty.Kernel;

/// <summary>The state of one stream: an immutable value folded from the stream's facts and from nothing else.</summary>
public interface IAggregate<TSelf> where TSelf : class, IAggregate<TSelf>
{
    /// <summary>The stored name of this kind of stream, in snake case: <c>member_account</c>.</summary>
    static abstract string Alias { get; }

    /// <summary>The state before the first fact.</summary>
    static abstract TSelf Initial(Guid streamId);

    /// <summary>The state after one more fact. Pure: the same facts in the same order give the same state, always.</summary>
    TSelf When(object @event);
}

/// <summary>Folds facts.</summary>
public static class Aggregates
{
    /// <summary>The state after all of these facts.</summary>
    public static TState Fold<TState>(this TState state, IEnumerable<object> events) where TState : class, IAggregate<TState> =>
        events.Aggregate(state, (current, @event) => current.When(@event));
}
