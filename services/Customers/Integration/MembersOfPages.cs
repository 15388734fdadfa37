using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.Customers.Integration;

/// <summary>A member as they stood after a fact, and the key that opens their profile.</summary>
internal sealed record KnownMember(Member Member, byte[] Key);

/// <summary>
/// Reads, for a page of the log, the members of whom it tells something rules may know. Whoever is erased meanwhile has no key and is
/// left out, so that the log never tells of them again.
/// </summary>
internal sealed class MembersOfPages(DocumentStore store, MemberKeys keys)
{
    /// <summary>By the id of the event, the member after it.</summary>
    public async Task<IReadOnlyDictionary<Guid, KnownMember>> Of(IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var members = new Dictionary<Guid, KnownMember>();
        var told = page.Where(e => e.Data is IProfileFact).ToList();
        if (told.Count == 0)
            return members;
        var held = await keys.Find(told.Select(e => new MemberId(e.StreamId)).Distinct(), ct);
        await using var session = store.OpenSession(Origin.System("customers"));
        var now = await session.FetchForWriting<Member>(held.Keys.Select(m => m.Value), ct);
        foreach (var fact in told)
        {
            if (!held.TryGetValue(new MemberId(fact.StreamId), out var key))
                continue;
            var stream = now[fact.StreamId];
            var member = stream.Version == fact.Version ? stream.State : (await store.AggregateStream<Member>(fact.StreamId, fact.Version, ct: ct))!;
            members.Add(fact.Id, new(member, key));
        }

        return members;
    }
}
