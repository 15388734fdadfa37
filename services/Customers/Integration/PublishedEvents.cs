using System.Globalization;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Published = Loyalty.Contracts.Customers.V1;

namespace Loyalty.Customers.Integration;

/// <summary>
/// What others learn of a stored fact; null where it is nobody else's business. No personal data leaves but the month and day that
/// offers may celebrate, and those only while the member has a key.
/// </summary>
internal static class PublishedEvents
{
    public static object? Map(StoredEvent stored, IReadOnlyDictionary<Guid, KnownMember> members) => stored.Data switch
    {
        CustomerEnrolled e => new Published.CustomerEnrolled(stored.StreamId, e.Privilege, e.EnrolledAt),
        IProfileFact e => members.TryGetValue(stored.Id, out var known) ? Profile(known, e.ChangedAt, stored.Version) : null,
        CustomerErased e => new Published.CustomerErased(stored.StreamId, e.ErasedAt),
        ConsentChanged => null,
        _ => throw new InvalidOperationException($"Say what others learn of '{stored.Name}'."),
    };

    private static Published.ProfileChanged Profile(KnownMember known, DateTimeOffset at, long version)
    {
        var birthday = ProfileSeal.Open(known.Member.Profile!, known.Member.Id, known.Key).Birthday;
        return new(
            known.Member.Id.Value, known.Member.Privilege, birthday?.ToString("'--'MM'-'dd", CultureInfo.InvariantCulture),
            [.. known.Member.Segments], at, version);
    }
}
