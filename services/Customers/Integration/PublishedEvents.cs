using Loyalty.Customers.Domain;
using Loyalty.EventStore;
using Published = Loyalty.Contracts.Customers.V1;

namespace Loyalty.Customers.Integration;

/// <summary>What others learn of a stored fact; null where it is nobody else's business. No personal data leaves.</summary>
internal static class PublishedEvents
{
    public static object? Map(StoredEvent stored) => stored.Data switch
    {
        CustomerEnrolled e => new Published.CustomerEnrolled(stored.StreamId, e.Privilege, e.EnrolledAt),
        CustomerErased e => new Published.CustomerErased(stored.StreamId, e.ErasedAt),
        ConsentChanged => null,
        _ => throw new InvalidOperationException($"Say what others learn of '{stored.Name}'."),
    };
}
