using System.Security.Cryptography;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Integration;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Published = Loyalty.Contracts.Customers.V1;

namespace Loyalty.Customers.Tests.Integration;

public sealed class Publishing
{
    private static readonly DateTimeOffset Now = new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly MemberId Member = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly CustomerEnrolled Enrolled = new(Seal(new DateOnly(1980, 2, 29)), "student", Now);

    public static TheoryData<string> ProfileFacts => ["told", "privilege", "assigned", "left", "birthday"];

    [Fact]
    public void others_learn_of_an_enrolment_without_the_person() =>
        Map(Enrolled).ShouldBe(new Published.CustomerEnrolled(Member.Value, "student", Now));

    [Fact]
    public void others_learn_of_an_erasure() => Map(new CustomerErased(Now)).ShouldBe(new Published.CustomerErased(Member.Value, Now));

    [Fact]
    public void consents_stay_here() => Map(new ConsentChanged("email", Granted: true, Now)).ShouldBeNull();

    [Theory, MemberData(nameof(ProfileFacts))]
    public void after_each_change_others_learn_all_that_rules_may_know(string change)
    {
        var fact = Fact(change);
        var after = Folded(Enrolled, new SegmentAssigned("wine", Now), new SegmentAssigned("late", Now), fact);

        var told = Map(fact, new KnownMember(after, Key)).ShouldBeOfType<Published.ProfileChanged>();

        told.MemberId.ShouldBe(Member.Value);
        told.Privilege.ShouldBe(change == "privilege" ? "staff" : "student");
        told.Celebration.ShouldBe(change == "birthday" ? "--12-01" : "--02-29");
        told.Segments.ShouldBe(change switch { "assigned" => ["bread", "late", "wine"], "left" => ["late"], _ => ["late", "wine"] });
        told.ChangedAt.ShouldBe(Now.AddDays(1));
        told.Version.ShouldBe(7);
    }

    [Fact]
    public void who_told_no_birthday_celebrates_none() => Map(Fact("told"), new KnownMember(Folded(Enrolled with { Profile = Seal(birthday: null) }), Key))
        .ShouldBeOfType<Published.ProfileChanged>().Celebration.ShouldBeNull();

    [Theory, MemberData(nameof(ProfileFacts))]
    public void of_a_member_without_a_key_nothing_is_told_any_more(string change) => Map(Fact(change)).ShouldBeNull();

    [Fact]
    public void a_fact_nobody_decided_on_stops_the_relay() => Should.Throw<InvalidOperationException>(() => Map("something new"));

    private static IProfileFact Fact(string change) => change switch
    {
        "told" => new ProfileTold(Now.AddDays(1)),
        "privilege" => new PrivilegeChanged("staff", Now.AddDays(1)),
        "assigned" => new SegmentAssigned("bread", Now.AddDays(1)),
        "left" => new SegmentLeft("wine", Now.AddDays(1)),
        _ => new BirthdayCorrected(Seal(new DateOnly(1981, 12, 1)), Now.AddDays(1)),
    };

    private static Customers.Domain.Member Folded(params object[] facts) => Customers.Domain.Member.Initial(Member.Value).Fold(facts);

    private static SealedProfile Seal(DateOnly? birthday) => ProfileSeal.Seal(new("Ann", "Bell", Email: null, Phone: null, birthday), Member, Key);

    private static object? Map(object fact, KnownMember? known = null)
    {
        var stored = new StoredEvent(1, Guid.NewGuid(), Member.Value, 7, "name", fact, Now, "operator:operator", TraceParent: null);
        return PublishedEvents.Map(stored, known is null ? new Dictionary<Guid, KnownMember>() : new() { [stored.Id] = known });
    }
}
