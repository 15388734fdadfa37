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
        Given().Enrol(Sealed, "student", [new Consent("email", Granted: true), new Consent("sms", Granted: false)], Now)
            .ShouldHappen(Enrolled, new ConsentChanged("email", Granted: true, Now), new ConsentChanged("sms", Granted: false, Now));

    [Fact]
    public void nobody_enrols_twice() => Given(Enrolled).Enrol(Sealed, "student", [], Now).ShouldBeRefused("already-enrolled");

    [Fact]
    public void the_latest_word_on_a_channel_holds() =>
        Given(Enrolled, new ConsentChanged("email", Granted: true, Now), new ConsentChanged("email", Granted: false, Now))
            .Consents["email"].ShouldBeFalse();

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
        erased.Enrol(Sealed, "student", [], Now).ShouldBeRefused("already-enrolled");
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
