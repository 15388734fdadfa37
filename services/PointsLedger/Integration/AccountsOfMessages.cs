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
        if (!streams.TryGetValue(id, out var stream)) stream = await session.FetchForWriting<Account>(id.Value, ct);
        streams[id] = decide(stream.State) switch
        {
            Decision<IAccountFact>.Accepted accepted => session.Append(stream, accepted.Events, inbox.OriginOf(@event)),
            Decision<IAccountFact>.Refused refused => throw new InvalidOperationException($"A fact of another service was refused: {refused.Refusal.Code}."),
            _ => stream,
        };
    }

    public Task SaveChanges(CancellationToken ct)
    {
        inbox.AfterCommit(() => lanes.Forget(streams.Keys));
        return session.SaveChanges(ct);
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
