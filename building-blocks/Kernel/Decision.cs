namespace Loyalty.Kernel;

/// <summary>What a stream's state answers to a command: new facts, or a refusal. Expected outcomes, both.</summary>
public abstract record Decision<TEvent> where TEvent : notnull
{
    private Decision()
    {
    }

    /// <summary>The command is accepted; these facts follow. None at all means that nothing needed to change.</summary>
    public sealed record Accepted(IReadOnlyList<TEvent> Events) : Decision<TEvent>;

    /// <summary>The command is refused; nothing changes.</summary>
    public sealed record Refused(Refusal Refusal) : Decision<TEvent>;

    /// <summary>Accepted with these facts.</summary>
    public static Decision<TEvent> Accept(params IReadOnlyList<TEvent> events) => new Accepted(events);

    /// <summary>A refusal stands where a decision is asked for.</summary>
    public static implicit operator Decision<TEvent>(Refusal refusal) => new Refused(refusal);
}

/// <summary>An expected refusal.</summary>
/// <param name="Code">Stable and lower-case with dashes: <c>insufficient-points</c>. Clients branch on it.</param>
/// <param name="Detail">A sentence for people that says what to do.</param>
public sealed record Refusal(string Code, string Detail);
