using System.Collections.Concurrent;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>
/// The way in for every posting. Accounts are spread over a few lanes by hash; a lane decides for its accounts alone, so that
/// requests need not lock one another out, and commits in groups, so that they share the cost of a commit.
/// <para>
/// Other replicas of the service may post to the same accounts: each append expects the version it was decided on.
/// </para>
/// </summary>
internal sealed class PostingLanes : IHostedService
{
    private readonly TillBook tills;
    private readonly TransactionRows transactions;
    private readonly Lane[] lanes;
    private readonly ConcurrentDictionary<TransactionKey, Posting> underWay = new();
    private readonly Action<Posting> leave;

    public PostingLanes(
        DocumentStore store, TransactionRows transactions, TillBook tills, LedgerTime time, RuleBook rules, LaneOptions options, ILogger<PostingLanes> logger)
    {
        (this.tills, this.transactions) = (tills, transactions);
        leave = posting => underWay.TryRemove(new(posting.Key, posting));
        lanes = [.. Enumerable.Range(0, options.Count).Select(_ => new Lane(store, transactions, time, rules, options, logger, Readmit))];
    }

    /// <summary>
    /// Posts, and answers after the commit. A repeat of a request that is still under way gets that one's answer.
    /// Throws <see cref="LaneFullException"/> at once when too many wait already.
    /// </summary>
    public async Task<Outcome<TAnswer>> Post<TAnswer>(IPosting<TAnswer> command, Origin origin, CancellationToken ct) =>
        await (await Admit(command, origin, series: null, ct)).Outcome.WaitAsync(ct);

    /// <summary>
    /// Posts in the order of the calls: the outer task completes when the posting has its place, the inner one with its outcome.
    /// Waits for room in a full lane. Once one of a series was lost in an outage, the rest of it fails too.
    /// </summary>
    public async Task<Task<Outcome<TAnswer>>> PostInOrder<TAnswer>(IPosting<TAnswer> command, Origin origin, PostingSeries series, CancellationToken ct) =>
        (await Admit(command, origin, series, ct)).Outcome;

    /// <summary>The same for whoever must tell what was posted now from what had been posted before.</summary>
    public Task<Admitted<TAnswer>> Submit<TAnswer>(IPosting<TAnswer> command, Origin origin, PostingSeries series, CancellationToken ct) =>
        Admit(command, origin, series, ct);

    /// <summary>The account's state after everything that waits now; loaded together with whatever else is waiting.</summary>
    public async ValueTask<EventStream<Account>> Look(AccountId account, CancellationToken ct)
    {
        var lane = LaneOf(account.Value);
        if (lane.Cached(account.Value) is { } state) return state;
        var look = new Look { Account = account };
        if (!lane.TryEnter(look)) throw Full();
        return await look.Found.WaitAsync(ct);
    }

    /// <summary>Finds the account that a posting is about.</summary>
    public async ValueTask Address(Posting posting)
    {
        var request = posting.Request;
        if (request.Presented is { } presented)
        {
            var before = posting.Account;
            if (posting.LacksCard) tills.ForgetCard(presented.Card);
            posting.Till = await tills.Find(request.Partner, presented, request.OccurredAt, CancellationToken.None);
            posting.Account = posting.Till.Lacks is null ? posting.Till.Account : null;
            posting.IsCardLookedUp = posting.LacksCard && posting.Account == before;
        }
        else if (request.RefersTo is { } original)
        {
            var key = new TransactionKey(request.Partner, original);
            posting.Account = underWay.TryGetValue(key, out var first) && first.Account is { } account
                ? account
                : await transactions.Home(key, CancellationToken.None);
        }
    }

    /// <summary>Completes when neither this transaction nor the one it refers to is under way.</summary>
    public async Task Settled(ITransactionCommand request, CancellationToken ct)
    {
        if (request.RefersTo is { } original && underWay.TryGetValue(new(request.Partner, original), out var first)) await first.Done.WaitAsync(ct);
        if (underWay.TryGetValue(new(request.Partner, request.TransactionId), out var same)) await same.Done.WaitAsync(ct);
    }

    /// <summary>Somebody else in this process has appended to accounts.</summary>
    public void Forget(IEnumerable<AccountId> accounts)
    {
        foreach (var account in accounts) LaneOf(account.Value).Forget(account.Value);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Answers what waits, and takes nothing more.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in lanes) lane.Close();
        return Task.WhenAll(lanes.Select(lane => lane.Running)).WaitAsync(cancellationToken);
    }

    private async Task<Admitted<TAnswer>> Admit<TAnswer>(IPosting<TAnswer> command, Origin origin, PostingSeries? series, CancellationToken ct)
    {
        var posting = new Posting<TAnswer>(command, origin, leave) { Series = series };
        while (underWay.GetOrAdd(posting.Key, posting) is var first && first != posting)
        {
            if (first is Posting<TAnswer> same && same.PayloadHash.AsSpan().SequenceEqual(posting.PayloadHash)) return new(same, Joined: true);
            await first.Done.WaitAsync(ct);
        }

        try
        {
            // Not given up with its sender: another one may have joined it meanwhile.
            await Address(posting);
            var lane = LaneOf(posting);
            if (series is not null) await lane.Enter(posting);
            else if (!lane.TryEnter(posting)) throw Full();
        }
        catch (Exception e)
        {
            series?.Interrupt(e);
            posting.Fail(e);
        }

        return new(posting, Joined: false);
    }

    // What it refers to appeared, in another lane, after it was sent on its way.
    private async Task Readmit(Posting posting)
    {
        try
        {
            await Address(posting);
            await LaneOf(posting).Enter(posting);
        }
        catch (Exception e)
        {
            posting.Fail(e);
        }
    }

    private static LaneFullException Full()
    {
        LaneTelemetry.Full.Add(1);
        return new();
    }

    private Lane LaneOf(Posting posting) => posting.Account is { } account
        ? LaneOf(account.Value)
        : lanes[(uint)posting.Key.GetHashCode() % (uint)lanes.Length];

    private Lane LaneOf(Guid account) => lanes[(uint)account.GetHashCode() % (uint)lanes.Length];
}

/// <summary>Too many postings wait already. Nothing was posted; trying again in a moment helps.</summary>
internal sealed class LaneFullException : Exception
{
    public LaneFullException() : base("The ledger has as much to do as it can hold.")
    {
    }

    public LaneFullException(string message) : base(message)
    {
    }

    public LaneFullException(string message, Exception inner) : base(message, inner)
    {
    }
}
