using Loyalty.Customers.Domain;
using Loyalty.Kernel;

namespace Loyalty.Customers.Tests.Domain;

public sealed class LivingAsAMember
{
    private static readonly DateTimeOffset Now = new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly SealedProfile Sealed = new("A256GCM", "bm9uY2U=", "Y2lwaGVy");
    private static readonly CustomerEnrolled Enrolled = new(Sealed, "student", Now);

    [Fact]
    public void enrolling_records_the_profile_and_every_consent() =>
        Given().Enrol(Sealed, hasBirthday: false, "student", [new Consent("email", Granted: true), new Consent("sms", Granted: false)], Now)
            .ShouldHappen(Enrolled, new ConsentChanged("email", Granted: true, Now), new ConsentChanged("sms", Granted: false, Now), new ProfileTold(Now));

    [Fact]
    public void rules_are_told_of_a_new_member_only_when_there_is_something_to_tell()
    {
        Given().Enrol(Sealed, hasBirthday: true, privilege: null, [], Now).ShouldHappen(new CustomerEnrolled(Sealed, null, Now), new ProfileTold(Now));
        Given().Enrol(Sealed, hasBirthday: false, privilege: null, [], Now).ShouldHappen(new CustomerEnrolled(Sealed, null, Now));
    }

    [Fact]
    public void nobody_enrols_twice() => Given(Enrolled).Enrol(Sealed, hasBirthday: false, "student", [], Now).ShouldBeRefused("already-enrolled");

    [Fact]
    public void the_latest_word_on_a_channel_holds() =>
        Given(Enrolled, new ConsentChanged("email", Granted: true, Now), new ConsentChanged("email", Granted: false, Now))
            .Consents["email"].ShouldBeFalse();

    [Fact]
    public void a_privilege_is_given_changed_and_taken_away()
    {
        Given(Enrolled).ChangePrivilege("pensioner", Now).ShouldHappen(new PrivilegeChanged("pensioner", Now));
        Given(Enrolled).ChangePrivilege(privilege: null, Now).ShouldHappen(new PrivilegeChanged(null, Now));
        Given(Enrolled, new PrivilegeChanged("pensioner", Now)).Privilege.ShouldBe("pensioner");
    }

    [Fact]
    public void the_same_privilege_again_changes_nothing()
    {
        Given(Enrolled).ChangePrivilege("student", Now).ShouldHappen();
        Given(Enrolled, new PrivilegeChanged(null, Now)).ChangePrivilege(privilege: null, Now).ShouldHappen();
    }

    [Fact]
    public void a_member_comes_into_segments_and_leaves_them()
    {
        Given(Enrolled).Assign("wine", Now).ShouldHappen(new SegmentAssigned("wine", Now));
        var inTwo = Given(Enrolled, new SegmentAssigned("wine", Now), new SegmentAssigned("night-owls", Now));
        inTwo.Segments.ShouldBe(["night-owls", "wine"]);
        inTwo.Assign("wine", Now).ShouldHappen();
        inTwo.Leave("wine", Now).ShouldHappen(new SegmentLeft("wine", Now));
        inTwo.When(new SegmentLeft("wine", Now)).Segments.ShouldBe(["night-owls"]);
        inTwo.Leave("bread", Now).ShouldHappen();
    }

    [Fact]
    public void a_member_is_in_at_most_a_hundred_segments()
    {
        var full = Given([Enrolled, .. Enumerable.Range(0, 100).Select(i => new SegmentAssigned($"s{i}", Now))]);
        full.Assign("one-more", Now).ShouldBeRefused("too-many-segments");
        full.Assign("s99", Now).ShouldHappen();
        full.When(new SegmentLeft("s0", Now)).Assign("one-more", Now).ShouldHappen(new SegmentAssigned("one-more", Now));
    }

    [Fact]
    public void a_corrected_birthday_comes_with_the_profile_sealed_again()
    {
        var corrected = Sealed with { Ciphertext = "bmV3" };
        Given(Enrolled).CorrectBirthday(corrected, Now).ShouldHappen(new BirthdayCorrected(corrected, Now));
        Given(Enrolled, new BirthdayCorrected(corrected, Now)).Profile.ShouldBe(corrected);
    }

    [Fact]
    public void nothing_changes_for_somebody_who_is_not_a_member()
    {
        foreach (var nobody in new[] { Given(), Given(Enrolled, new CustomerErased(Now)) })
        {
            nobody.ChangePrivilege("student", Now).ShouldBeRefused("member-unknown");
            nobody.Assign("wine", Now).ShouldBeRefused("member-unknown");
            nobody.Leave("wine", Now).ShouldBeRefused("member-unknown");
            nobody.CorrectBirthday(Sealed, Now).ShouldBeRefused("member-unknown");
        }
    }

    [Fact]
    public void a_member_can_be_erased() => Given(Enrolled).Erase(Now).ShouldHappen(new CustomerErased(Now));

    [Fact]
    public void erasing_again_changes_nothing() => Given(Enrolled, new CustomerErased(Now)).Erase(Now.AddDays(1)).ShouldHappen();

    [Fact]
    public void somebody_who_never_enrolled_is_not_erased() => Given().Erase(Now).ShouldBeRefused("member-unknown");

    [Fact]
    public void an_erased_member_is_nobody_and_cannot_come_back()
    {
        var erased = Given(Enrolled, new CustomerErased(Now));
        erased.Exists.ShouldBeFalse();
        erased.Profile.ShouldBeNull();
        erased.Enrol(Sealed, hasBirthday: false, "student", [], Now).ShouldBeRefused("already-enrolled");
    }

    [Fact]
    public void a_foreign_fact_stops_the_fold() => Should.Throw<InvalidOperationException>(() => Given().When("something else"));

    private static Member Given(params object[] facts) =>
        Member.Initial(Guid.Parse("11111111-1111-1111-1111-111111111111")).Fold(facts);
}

internal static class DecisionAssertions
{
    public static void ShouldHappen<TEvent>(this Decision<TEvent> decision, params TEvent[] facts) where TEvent : notnull =>
        decision.ShouldBeOfType<Decision<TEvent>.Accepted>().Events.ShouldBe(facts);

    public static void ShouldBeRefused<TEvent>(this Decision<TEvent> decision, string code) where TEvent : notnull =>
        decision.ShouldBeOfType<Decision<TEvent>.Refused>().Refusal.Code.ShouldBe(code);
}
