using Loyalty.Kernel;

namespace Loyalty.Commands;

/// <summary>How a command ended: accepted with an answer, refused, or not a valid command at all. Expected outcomes, all three.</summary>
/// <typeparam name="TAnswer">What an accepted command answers.</typeparam>
public abstract record Outcome<TAnswer>
{
    private Outcome()
    {
    }

    /// <summary>Done; what the handler appended is committed.</summary>
    public sealed record Accepted(TAnswer Answer) : Outcome<TAnswer>;

    /// <summary>Refused; nothing changed, and whatever the handler had appended is forgotten.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="Remember">
    /// Whether a repeat of the same request gets this refusal for ever, as is right for a decision (<c>insufficient-points</c>).
    /// False where the cause may vanish by itself (<c>member-unknown</c> until its event arrives): a repeat decides again.
    /// </param>
    public sealed record Refused(Refusal Refusal, bool Remember = true) : Outcome<TAnswer>;

    /// <summary>The command breaks rules that hold whatever the state is; it never reached its handler.</summary>
    public sealed record Invalid(IReadOnlyList<Fault> Faults) : Outcome<TAnswer>;

    /// <summary>An answer stands where an outcome is asked for.</summary>
    public static implicit operator Outcome<TAnswer>(TAnswer answer) => new Accepted(answer);

    /// <summary>A refusal stands where an outcome is asked for; it is remembered.</summary>
    public static implicit operator Outcome<TAnswer>(Refusal refusal) => new Refused(refusal);
}

/// <summary>One rule that an input breaks.</summary>
/// <param name="Member">Which member, as the caller wrote it: <c>stores[0].code</c>.</param>
/// <param name="Sentence">What to do about it.</param>
/// <param name="Malformed">Whether the input could not even be read (HTTP 400), rather than read and refused (422).</param>
public sealed record Fault(string Member, string Sentence, bool Malformed = false)
{
    /// <summary>The FluentValidation error code that marks a rule as one about form rather than content.</summary>
    public const string MalformedCode = "malformed";
}
