using Loyalty.Customers.Domain;
using Loyalty.EventStore;

namespace Loyalty.Customers.Storage;

/// <summary>The names under which facts are stored, for ever. tests/Customers.Tests/Golden holds one of each.</summary>
internal static class StoredEvents
{
    public static void Map(EventTypes types) => types
        .Map<CustomerEnrolled>("customer-enrolled")
        .Map<ConsentChanged>("consent-changed")
        .Map<ProfileTold>("profile-told")
        .Map<PrivilegeChanged>("privilege-changed")
        .Map<SegmentAssigned>("segment-assigned")
        .Map<SegmentLeft>("segment-left")
        .Map<BirthdayCorrected>("birthday-corrected")
        .Map<CustomerErased>("customer-erased");
}
