using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>
/// Decides postings without posting them: each in a batch of its own, on what is committed, that is never committed itself. They take
/// no place in a lane and nothing from its cache, so whoever posts waits for none of them; and as few are decided at a time as there are lanes,
/// so that they don't take the lanes' connections either.
/// </summary>
internal sealed class DryRuns(PostingLanes lanes, DocumentStore store, TransactionRows transactions, LedgerTime time, RuleBook rules, LaneOptions options)
    : IDisposable
{
    private static readonly BoundedCache<Guid, AccountImage> Nothing = new(0, image => image.Weight);

    private readonly SemaphoreSlim turns = new(options.Count);
    private int entered;

    /// <summary>
    /// What the posting would be answered now. What is under way under its id, or is referred to, is waited for; an id that is taken is
    /// answered as a repeat is. Throws <see cref="LaneFullException"/> at once when too many wait already.
    /// </summary>
    public async Task<Outcome<TAnswer>> Run<TAnswer>(IPosting<TAnswer> command, Origin origin, CancellationToken ct)
    {
        var posting = new Posting<TAnswer>(command, origin, static _ => { });
        try
        {
            if (Interlocked.Increment(ref entered) > options.QueueDepth) throw new LaneFullException();
            await lanes.Settled(command, ct);
            await turns.WaitAsync(ct);
            try
            {
                while (!await IsDecided(posting)) ct.ThrowIfCancellationRequested();
            }
            finally
            {
                turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref entered);
        }

        posting.Answer();
        return await posting.Outcome;
    }

    public void Dispose() => turns.Dispose();

    private async Task<bool> IsDecided(Posting posting)
    {
        await lanes.Address(posting);
        var batch = new LaneBatch([posting], store, transactions, time, await rules.Programme());
        await batch.Load(posting.Account is { } account ? [account] : [], Nothing, lookUp: true);
        var version = batch.StateOf(posting.Account).Version;
        await batch.Decide(lookedUp: true);
        if (batch.Astray.Contains(posting)) return false;
        // An original is read after the account, and no append will find out whether somebody posted in between.
        return posting.Request.RefersTo is null || posting.Account is not { } read || (await store.Load<Account>(read.Value))?.Version == version;
    }
}
