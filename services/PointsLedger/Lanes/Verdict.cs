using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>What every posting has in common. All postings of a partner share one space of ids, whatever their kind.</summary>
internal interface ITransactionCommand
{
    PartnerId Partner { get; }

    TransactionId TransactionId { get; }

    DateTimeOffset OccurredAt { get; }

    /// <summary>Whether the caller may post beyond the usual limit on lateness; no part of the payload.</summary>
    bool MayBackdate { get; }

    /// <summary>One of <see cref="TransactionKind"/>.</summary>
    string Kind { get; }

    /// <summary>The card and the store, of a transaction made at a till with a card.</summary>
    CardAtStore? Presented => null;

    /// <summary>Which limits are about it; null for none.</summary>
    LimitedPosting? Limited => Kind switch
    {
        TransactionKind.Purchase => LimitedPosting.Purchase,
        TransactionKind.Redemption or TransactionKind.Reservation => LimitedPosting.Redemption,
        _ => null,
    };

    /// <summary>The transaction that this one is about, where it names one instead of a card.</summary>
    TransactionId? RefersTo => null;

    /// <summary>The answer when this very transaction was reversed before it arrived.</summary>
    Refusal WhenVoided => Refusals.TransactionReversed;
}

/// <summary>A card as it was scanned, and where.</summary>
/// <param name="Terminal">The till; null where nobody told.</param>
internal readonly record struct CardAtStore(string Card, string Store, string? Terminal = null)
{
    public Place At(PartnerId partner) => new(partner, Store, Terminal);
}

/// <summary>
/// A posting: a command about one account. Its decision is a pure function of what the lane puts before it. The System.Text.Json of
/// the command itself tells an honest repeat from another request, so its property names are storage format; what may differ when
/// the request is repeated carries <c>[JsonIgnore]</c>.
/// </summary>
internal interface IPosting<TAnswer> : ICommand<TAnswer>, ITransactionCommand
{
    Verdict<TAnswer> Decide(Transaction transaction, Books books);

    /// <summary>What of the answer is kept: all that does not follow from the fact.</summary>
    TAnswer Keep(TAnswer answer) => answer;

    /// <summary>The answer again, from what was kept and the fact.</summary>
    TAnswer Restore(TAnswer kept, IAccountFact fact) => kept;
}

/// <summary>What lies before whoever decides a posting.</summary>
/// <param name="Account">The account as all postings before this one, and the time since, have left it; at version 0 where the posting leads to none.</param>
/// <param name="Till">The surroundings of a transaction made at a till; null for others.</param>
/// <param name="Original">The transaction it refers to; null when there is none, or none yet.</param>
/// <param name="Programme">The programme in force now.</param>
internal readonly record struct Books(EventStream<Account> Account, Till? Till, Original? Original, ProgrammeRules Programme);

/// <summary>What was decided: facts to append, and the outcome as it follows from the account after them.</summary>
/// <param name="Facts">Facts for the account's stream; none for a refusal.</param>
/// <param name="Outcome">The outcome, from the account as it stands after the facts.</param>
internal sealed record Verdict<TAnswer>(IReadOnlyList<IAccountFact> Facts, Func<EventStream<Account>, Outcome<TAnswer>> Outcome)
{
    /// <summary>Takes the id of the transaction referred to, which has not come yet and shall find it taken.</summary>
    public bool VoidsOriginal { get; init; }

    public static implicit operator Verdict<TAnswer>(Refusal refusal) => new([], _ => refusal);

    public static implicit operator Verdict<TAnswer>(Outcome<TAnswer> outcome) => new([], _ => outcome);
}

internal static class Verdicts
{
    /// <summary>A decision of the account, with the answer from the new facts and from the account after them.</summary>
    public static Verdict<TAnswer> Answer<TAnswer>(
        this Decision<IAccountFact> decision, Func<IReadOnlyList<IAccountFact>, EventStream<Account>, TAnswer> answer) => decision switch
    {
        Decision<IAccountFact>.Accepted { Events: var facts } => new Verdict<TAnswer>(facts, after => answer(facts, after)),
        Decision<IAccountFact>.Refused { Refusal: var refusal } => refusal,
        _ => throw new InvalidOperationException("A decision is accepted or refused."),
    };

    /// <summary>The refusal of something that may yet appear: a repeat is decided again.</summary>
    public static Outcome<TAnswer> ForNow<TAnswer>(this Refusal refusal) => new Outcome<TAnswer>.Refused(refusal, Remember: false);
}
