using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>What waits in a lane: a posting, or a question for an account's state.</summary>
internal abstract class Waiting
{
    /// <summary>The account it concerns; null when it leads to none.</summary>
    public AccountId? Account { get; set; }

    public abstract void Fail(Exception why);
}

/// <summary>A question for an account's state, answered with the state after everything that waited before it.</summary>
internal sealed class Look : Waiting
{
    private readonly TaskCompletionSource<EventStream<Account>> found = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<EventStream<Account>> Found => found.Task;

    public void Answer(EventStream<Account> account) => found.TrySetResult(account);

    public override void Fail(Exception why) => found.TrySetException(why);
}

/// <summary>
/// Postings that were sent one after another and rest on that order: once one of them was lost in an outage, those behind it are not
/// decided as if it had never been sent.
/// </summary>
internal sealed class PostingSeries
{
    private volatile Exception? cause;

    public bool Interrupted => cause is not null;

    public void Interrupt(Exception outage) => cause ??= outage;

    /// <summary>What befalls those behind the one that was lost.</summary>
    public InterruptedException Failure() => new("A transaction sent before this one could not be posted, so this one was not either.", cause!);
}

/// <summary>A posting was not decided because one before it in its series was lost in an outage.</summary>
internal sealed class InterruptedException : IOException
{
    public InterruptedException()
    {
    }

    public InterruptedException(string message) : base(message)
    {
    }

    public InterruptedException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>A posting on its way from its arrival to its answer.</summary>
/// <param name="key">Its id.</param>
/// <param name="origin">Who causes what it appends.</param>
/// <param name="leave">Called before it is answered: from then on a repeat is no longer one of a request under way.</param>
internal abstract class Posting(TransactionKey key, Origin origin, Action<Posting> leave) : Waiting
{
    public TransactionKey Key => key;

    public Origin Origin => origin;

    public abstract ITransactionCommand Request { get; }

    public abstract byte[] PayloadHash { get; }

    public Till? Till { get; set; }

    /// <summary>Whether the account it came to does not serve its card, so that the card must be looked up anew.</summary>
    public bool LacksCard { get; set; }

    /// <summary>Whether the card does lead to its account, by what is committed, although the account did not serve it.</summary>
    public bool IsCardLookedUp { get; set; }

    /// <summary>Whether anything that concerns it is counted for all accounts together.</summary>
    public bool CountsTogether => Till is { Rules.CountTogether: true };

    /// <summary>The series it is part of, if it was sent in one.</summary>
    public PostingSeries? Series { get; init; }

    /// <summary>
    /// Whether what was decided is not kept, so that the record must be asked whether an earlier request under this id was answered.
    /// </summary>
    public abstract bool IsForNow { get; }

    /// <summary>Completes when this posting has its answer or has failed; never fails itself.</summary>
    public abstract Task Done { get; }

    /// <summary>Decides, and takes what follows into the batch. May be called again: only the last call counts.</summary>
    public abstract void Decide(LaneBatch batch);

    /// <summary>Takes the outcome of an earlier request under the same id.</summary>
    public abstract void Replay(TransactionRow recorded);

    /// <summary>Answers with what was decided last.</summary>
    public abstract void Answer();

    protected void Leave() => leave(this);
}

/// <inheritdoc/>
internal sealed class Posting<TAnswer>(IPosting<TAnswer> command, Origin origin, Action<Posting> leave)
    : Posting(new(command.Partner, command.TransactionId), origin, leave)
{
    private readonly TaskCompletionSource<Outcome<TAnswer>> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<TAnswer>? outcome;

    public Task<Outcome<TAnswer>> Outcome => answered.Task;

    /// <summary>Whether the outcome is that of an earlier request; known with it.</summary>
    public bool IsReplay { get; private set; }

    public override ITransactionCommand Request => command;

    public override byte[] PayloadHash { get; } = RecordedOutcomes.HashOf(command);

    public override bool IsForNow => outcome is Outcome<TAnswer>.Refused { Remember: false };

    public override Task Done => answered.Task.ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    public override void Decide(LaneBatch batch)
    {
        IsReplay = false;
        if (batch.Recorded(Key) is { } recorded)
        {
            Replay(recorded);
            return;
        }

        if (batch.Judge(command, out var transaction) is { } outOfTime)
        {
            outcome = outOfTime.ForNow<TAnswer>();
            return;
        }

        var account = batch.StateOf(Account);
        var lapsed = account.State.Lapse(transaction.RecordedAt, batch.Programme);
        var current = lapsed.Count == 0 ? account : account with { State = account.State.Fold(lapsed) };
        var verdict = command.Decide(transaction, new(current, batch.WithCounts(Till), batch.OriginalOf(command, lapsed), batch.Programme));
        // What time alone has done is written down with what follows from it. A refusal leaves it to the next posting, or to the sweep.
        if (verdict.Facts.Count > 0 && lapsed.Count > 0) account = batch.Append(account, lapsed, LaneBatch.Ledger);
        if (CountsTogether || command.RefersTo is not null) batch.Count(verdict.Facts, Till);
        outcome = verdict.Outcome(verdict.Facts.Count == 0 ? current : batch.Append(account, verdict.Facts, Origin));
        if (verdict.Facts.Count == 0 && Account is not null) batch.RestOn(account);
        if (Row(outcome, verdict.Facts.Count == 0 ? null : account.Version + 1) is not { } row) return;
        batch.Record(row, verdict.Facts);
        if (verdict.VoidsOriginal) batch.Record(new(new(Key.Partner, command.RefersTo!.Value), TransactionKind.Voided), []);
    }

    public override void Replay(TransactionRow recorded)
    {
        var replayed = RecordedOutcomes.Replay<TAnswer>(command, PayloadHash, recorded);
        outcome = replayed is Outcome<TAnswer>.Accepted { Answer: var kept } && recorded.Fact is { } fact ? command.Restore(kept, fact) : replayed;
        IsReplay = true;
    }

    public override void Answer()
    {
        Leave();
        answered.TrySetResult(outcome!);
    }

    public override void Fail(Exception why)
    {
        Leave();
        answered.TrySetException(why);
    }

    private TransactionRow? Row(Outcome<TAnswer> decided, long? version) =>
        RecordedOutcomes.Row(
            command, PayloadHash, decided is Outcome<TAnswer>.Accepted { Answer: var answer } ? command.Keep(answer) : decided, version is null ? null : Account, version);
}

/// <summary>A posting that has its place in a lane.</summary>
/// <param name="Posting">The posting, perhaps of an earlier request under the same id that is still under way.</param>
/// <param name="Joined">Whether it is an earlier request's.</param>
internal readonly record struct Admitted<TAnswer>(Posting<TAnswer> Posting, bool Joined)
{
    public Task<Outcome<TAnswer>> Outcome => Posting.Outcome;

    /// <summary>Whether the outcome is that of an earlier request; known with it.</summary>
    public bool IsReplay => Joined || Posting.IsReplay;
}
