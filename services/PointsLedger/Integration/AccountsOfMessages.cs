using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;

namespace Loyalty.PointsLedger.Integration;

/// <summary>The accounts that the events of one page concern; several events about one account see each other's effect.</summary>
internal sealed class AccountsOfMessages(DocumentStore store, PostingLanes lanes, InboxTransaction inbox) : IAsyncDisposable
{
    private readonly Session session = store.OpenSession(inbox.Origin, inbox.Transaction);
    private readonly Dictionary<AccountId, EventStream<Account>> streams = [];

    public async Task Decide(AccountId id, object @event, Func<Account, Decision<IAccountFact>> decide, CancellationToken ct)
    {
        var stream = await Fetch(id, ct);
        streams[id] = decide(stream.State) switch
        {
            Decision<IAccountFact>.Accepted accepted => session.Append(stream, accepted.Events, inbox.OriginOf(@event)),
            Decision<IAccountFact>.Refused refused => throw new InvalidOperationException($"A fact of another service was refused: {refused.Refusal.Code}."),
            _ => stream,
        };
    }

    /// <summary>
    /// The account where news of a member's cards belong: the member's own, or what it has been merged into; and in that case whose
    /// cards they are there.
    /// </summary>
    public async Task<(AccountId Account, AccountId? Of)> Home(MemberId member, CancellationToken ct)
    {
        var (id, of) = (AccountId.Of(member), (AccountId?)null);
        while ((await Fetch(id, ct)).State.MergedInto is { } merge) (id, of) = (merge.Into, id);
        return (id, of);
    }

    public Task SaveChanges(CancellationToken ct)
    {
        inbox.AfterCommit(() => lanes.Forget(streams.Keys));
        return session.SaveChanges(ct);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<EventStream<Account>> Fetch(AccountId id, CancellationToken ct) =>
        streams.TryGetValue(id, out var stream) ? stream : streams[id] = await session.FetchForWriting<Account>(id.Value, ct);
}
