using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>
/// Postings that are decided one after another, each on the effects of those before it, and committed in one transaction. Made anew
/// for every attempt: nothing of a failed one is left.
/// </summary>
internal sealed class LaneBatch(IReadOnlyList<Posting> postings, DocumentStore store, TransactionRows transactions, LedgerTime time, ProgrammeRules programme)
{
    /// <summary>Who causes what time alone does.</summary>
    public static readonly Origin Ledger = new("system:points-ledger", TraceParent: null);

    private static readonly EventStream<Account> NoAccount = new(Guid.Empty, Account.Initial(Guid.Empty), 0);

    private readonly Session session = store.OpenSession(Ledger);
    private readonly Dictionary<Guid, EventStream<Account>> states = [];
    private readonly HashSet<Guid> news = [];
    private readonly Dictionary<TransactionKey, Original> written = [];
    private readonly List<(TransactionKey To, IAccountFact Fact)> references = [];
    private readonly List<(Guid Account, PointsExpired Fact)> expired = [];
    private readonly List<Guid> vouchersBack = [];
    private SharedCounts counts = new(new Dictionary<CounterKey, Tally>());
    private Dictionary<TransactionKey, TransactionRow> recorded = [];
    private Dictionary<TransactionKey, Original> originals = [];

    /// <summary>The accounts that were loaded or changed, as the lane may keep them once the batch is committed.</summary>
    public IEnumerable<EventStream<Account>> News => news.Select(id => states[id]);

    /// <summary>Postings that turned out to belong to another account than the one they were sent to.</summary>
    public HashSet<Posting> Astray { get; } = [];

    /// <summary>Gathers what the decisions need: states from the cache or else, all at once, from the database; and originals.</summary>
    /// <param name="accounts">Every account concerned.</param>
    /// <param name="cache">The lane's cache.</param>
    /// <param name="lookUp">Whether to look up first which ids are taken; otherwise the insert finds out.</param>
    public async Task Load(IEnumerable<AccountId> accounts, BoundedCache<Guid, AccountImage> cache, bool lookUp)
    {
        var missing = new List<Guid>();
        foreach (var account in accounts)
        {
            if (cache.TryGet(account.Value, out var image)) states[account.Value] = image.Open(account.Value);
            else missing.Add(account.Value);
        }

        if (missing.Count > 0)
        {
            foreach (var (id, stream) in await session.FetchForWriting<Account>(missing, CancellationToken.None))
            {
                states[id] = stream;
                if (stream.Version > 0) news.Add(id);
            }
        }

        var referred = postings.Where(p => p.Request.RefersTo is not null)
            .Select(p => new TransactionKey(p.Key.Partner, p.Request.RefersTo!.Value)).Distinct().ToList();
        if (referred.Count > 0) originals = await transactions.Originals(referred, CancellationToken.None);
        if (postings.Any(p => p.CountsTogether)) counts = new(await Counters.Read(store, Counted(), CancellationToken.None));
        if (lookUp) recorded = await transactions.FindAll([.. postings.Select(p => p.Key)], CancellationToken.None);
    }

    /// <summary>Decides all postings in order.</summary>
    public async Task Decide(bool lookedUp)
    {
        foreach (var posting in postings)
        {
            if (IsAstray(posting)) Astray.Add(posting);
            else posting.Decide(this);
        }

        // What is refused only for now leaves no row that could collide with one of an earlier request.
        if (lookedUp || postings.Where(p => p.IsForNow).Select(p => p.Key).ToList() is not { Count: > 0 } unsure) return;
        var known = await transactions.FindAll(unsure, CancellationToken.None);
        foreach (var posting in postings)
        {
            if (known.TryGetValue(posting.Key, out var row)) posting.Replay(row);
        }
    }

    /// <summary>Commits everything that was decided.</summary>
    public async Task Commit()
    {
        if (written.Count > 0) session.Enlist(TransactionRows.Insert([.. written.Values.Select(w => w.Row)]));
        if (vouchersBack.Count > 0) session.Enlist(VoucherRows.PutBack(vouchersBack));
        // Last, so that whoever counts the same waits as briefly as can be.
        if (counts.Changes.Count > 0) session.Enlist(Counters.Add(counts.Changes));
        await session.SaveChanges(CancellationToken.None);
    }

    /// <summary>The programme in force now.</summary>
    public ProgrammeRules Programme => programme;

    public Refusal? Judge(ITransactionCommand command, out Transaction transaction) => time.Judge(command, out transaction);

    public TransactionRow? Recorded(TransactionKey key) => written.GetValueOrDefault(key)?.Row ?? recorded.GetValueOrDefault(key);

    public EventStream<Account> StateOf(AccountId? account) => account is { } id ? states[id.Value] : NoAccount;

    /// <param name="lapsed">What time has done to its account that is not appended yet.</param>
    public Original? OriginalOf(ITransactionCommand command, IReadOnlyList<IAccountFact> lapsed)
    {
        if (command.RefersTo is not { } id) return null;
        var key = new TransactionKey(command.Partner, id);
        if ((written.GetValueOrDefault(key) ?? originals.GetValueOrDefault(key)) is not { } original) return null;
        object[] later =
        [
            .. references.Where(r => r.To == key).Select(r => r.Fact),
            .. expired.Where(e => e.Account == original.Home?.Value).Select(e => e.Fact),
            .. lapsed.OfType<PointsExpired>(),
        ];
        return later.Length == 0 ? original : original with { Facts = [.. original.Facts, .. later] };
    }

    public EventStream<Account> Append(EventStream<Account> account, IReadOnlyList<IAccountFact> facts, Origin origin)
    {
        news.Add(account.Id);
        vouchersBack.AddRange(facts.OfType<RedemptionReversed>().Where(e => e.Claim is not null).Select(e => e.Claim!.Voucher));
        expired.AddRange(facts.OfType<PointsExpired>().Select(e => (account.Id, e)));
        return states[account.Id] = session.Append(account, facts, origin);
    }

    /// <summary>What the till knows, with what all accounts together have had by now where that matters.</summary>
    public Till? WithCounts(Till? till) => till is { Rules.CountTogether: true } ? till with { Rules = till.Rules.Counting(counts) } : till;

    /// <summary>Takes what facts count for all accounts together into the commit.</summary>
    public void Count(IReadOnlyList<IAccountFact> facts, Till? till)
    {
        foreach (var change in Counting.Counts(facts, till?.Rules)) counts.Add(change);
    }

    /// <summary>What is recorded without a fact rests on the account all the same: whoever posted to it elsewhere must be heard first.</summary>
    public void RestOn(EventStream<Account> account) => session.Expect(account);

    private bool IsAstray(Posting posting)
    {
        if (OriginalOf(posting.Request, [])?.Home is { } home) return home != posting.Account;
        if (posting.Till is not { Lacks: null, CardNumber: { } card } || posting.Account is null || posting.IsCardLookedUp) return false;
        // Accounts are merged, and parted again: the card may lead elsewhere by now.
        return posting.LacksCard = StateOf(posting.Account).State is { Closed: false } account && !account.Serves(card);
    }

    /// <summary>Takes a transaction's row into the commit; postings after it in this batch may refer to it already.</summary>
    public void Record(TransactionRow row, IReadOnlyList<IAccountFact> facts)
    {
        written.Add(row.Key, new(facts.Count == 0 ? row : row with { Fact = facts[0] }, facts.Count == 0 ? [] : [facts[0]]));
        if (row.Original is { } original && facts.Count > 0) references.Add((new(row.Key.Partner, original), facts[0]));
    }

    private HashSet<CounterKey> Counted()
    {
        var keys = new HashSet<CounterKey>();
        foreach (var posting in postings.Where(p => p.CountsTogether))
        {
            time.Judge(posting.Request, out var transaction);
            keys.UnionWith(posting.Till!.Rules.Keys(posting.Request.Limited, posting.Request.Presented!.Value.At(posting.Key.Partner), transaction.RecordedAt));
        }

        return keys;
    }
}
