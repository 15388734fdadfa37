using Loyalty.Customers.Domain;
using Loyalty.Customers.Integration;
using Loyalty.EventStore;
using Published = Loyalty.Contracts.Customers.V1;

namespace Loyalty.Customers.Tests.Integration;

public sealed class Publishing
{
    private static readonly DateTimeOffset Now = new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid Member = Guid.Parse("11111111-1111-1111-1111-111111111111");

    [Fact]
    public void others_learn_of_an_enrolment_without_the_person() =>
        Map(new CustomerEnrolled(new SealedProfile("A256GCM", "bm9uY2U=", "Y2lwaGVy"), "student", Now))
            .ShouldBe(new Published.CustomerEnrolled(Member, "student", Now));

    [Fact]
    public void others_learn_of_an_erasure() => Map(new CustomerErased(Now)).ShouldBe(new Published.CustomerErased(Member, Now));

    [Fact]
    public void consents_stay_here() => Map(new ConsentChanged("email", Granted: true, Now)).ShouldBeNull();

    [Fact]
    public void a_fact_nobody_decided_on_stops_the_relay() => Should.Throw<InvalidOperationException>(() => Map("something new"));

    private static object? Map(object fact) =>
        PublishedEvents.Map(new StoredEvent(1, Guid.NewGuid(), Member, 1, "name", fact, Now, "operator:operator", TraceParent: null));
}
