using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.Customers.Views;

/// <summary>A member as whoever may read personal data sees them.</summary>
internal sealed record MemberView(
    Guid MemberId, string FirstName, string LastName, string? Email, string? Phone, DateOnly? Birthday, string? Privilege,
    IReadOnlyList<string> Segments, IReadOnlyList<Consent> Consents, DateTimeOffset EnrolledAt, Activity Activity)
{
    // A record prints its members, and what is printed ends up in logs.
    public override string ToString() => $"member {MemberId}";
}

/// <summary>Reads members.</summary>
internal sealed class Members(DocumentStore store, MemberKeys keys)
{
    /// <summary>The member; null when nobody of this id is enrolled, or not any more.</summary>
    public async Task<MemberView?> Find(MemberId id, CancellationToken ct)
    {
        var member = await store.AggregateStream<Member>(id.Value, ct: ct);
        if (member is not { Exists: true, Profile: { } profile } || await keys.Find(id, ct) is not { } key)
            return null;
        var clear = ProfileSeal.Open(profile, id, key);
        return new MemberView(
            id.Value, clear.FirstName, clear.LastName, clear.Email, clear.Phone, clear.Birthday, member.Privilege,
            [.. member.Segments], [.. member.Consents.Select(c => new Consent(c.Key, c.Value))], member.EnrolledAt!.Value,
            await MemberActivity.Of(id, store.DataSource, ct));
    }
}
