using Loyalty.CoalitionPartners.Domain.Webhooks;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Webhooks;

public sealed class RegisteringWebhooks
{
    private const string Url = "https://hooks.grocery.example/loyalty";
    private static readonly Guid First = Guid.Parse("66666666-6666-4666-8666-666666666666");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static PartnerWebhooks None => PartnerWebhooks.Initial(PartnerWebhooks.IdOf(Grocery));

    private static PartnerWebhooks One => Registered(None, First, Url);

    [Fact]
    public void is_accepted_with_types_each_once_and_begins_active()
    {
        string[] types = [PartnerEventTypes.PointsIssued, PartnerEventTypes.CycleClosed, PartnerEventTypes.PointsIssued];
        var fact = None.Register(Grocery, First, Url, types, Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<WebhookRegistered>();
        fact.Types.ShouldBe([PartnerEventTypes.PointsIssued, PartnerEventTypes.CycleClosed]);
        None.When(fact).Find(First)!.Status.ShouldBe(WebhookStatus.Active);
    }

    [Fact]
    public void is_refused_for_an_address_that_has_one() =>
        One.Register(Grocery, Guid.NewGuid(), Url, ["*"], Noon).Refusal().ShouldBe("webhook-exists");

    [Fact]
    public void is_refused_for_types_that_there_are_not()
    {
        None.Register(Grocery, First, Url, ["org.loyalty.points.minted"], Noon).Refusal().ShouldBe("event-type-unknown");
        None.Register(Grocery, First, Url, [], Noon).Refusal().ShouldBe("event-type-unknown");
    }

    [Fact]
    public void is_refused_beyond_a_few()
    {
        var many = Enumerable.Range(0, PartnerWebhooks.Most).Aggregate(None, (all, i) => Registered(all, Guid.NewGuid(), $"{Url}/{i}"));
        many.Register(Grocery, First, Url, ["*"], Noon).Refusal().ShouldBe("too-many-webhooks");
        many.When(new WebhookRemoved(Grocery, many.Webhooks[0].Id, Noon)).Register(Grocery, First, Url, ["*"], Noon).Facts().Count.ShouldBe(1);
    }

    [Fact]
    public void can_be_undone_once_and_asked_for_again()
    {
        var removed = One.When(One.Remove(Grocery, First, Noon).Facts().ShouldHaveSingleItem());
        removed.Remove(Grocery, First, Noon).Facts().ShouldBeEmpty();
        removed.Pause(Grocery, First, Noon).Refusal().ShouldBe("webhook-unknown");
        removed.Register(Grocery, Guid.NewGuid(), Url, ["*"], Noon).Facts().Count.ShouldBe(1);
        None.Remove(Grocery, First, Noon).Refusal().ShouldBe("webhook-unknown");
    }

    [Fact]
    public void is_paused_and_resumed_once()
    {
        var paused = One.When(One.Pause(Grocery, First, Noon).Facts().ShouldHaveSingleItem());
        paused.Find(First)!.Status.ShouldBe(WebhookStatus.Paused);
        paused.Pause(Grocery, First, Noon).Facts().ShouldBeEmpty();
        paused.When(paused.Resume(Grocery, First, Noon).Facts().ShouldHaveSingleItem()).Find(First)!.Status.ShouldBe(WebhookStatus.Active);
        One.Resume(Grocery, First, Noon).Facts().ShouldBeEmpty();
        None.Resume(Grocery, First, Noon).Refusal().ShouldBe("webhook-unknown");
    }

    [Fact]
    public void is_disabled_once_when_the_receiver_is_gone_and_may_be_resumed()
    {
        var disabled = One.When(One.Disable(Grocery, First, Noon).Facts().ShouldHaveSingleItem());
        disabled.Disable(Grocery, First, Noon).Facts().ShouldBeEmpty();
        None.Disable(Grocery, First, Noon).Facts().ShouldBeEmpty();
        disabled.When(disabled.Resume(Grocery, First, Noon).Facts().ShouldHaveSingleItem()).Find(First)!.Status.ShouldBe(WebhookStatus.Active);
    }

    [Fact]
    public void keeps_the_older_secret_for_its_time_however_often_it_is_rotated()
    {
        var once = One.When(One.Rotate(Grocery, First, Day, Noon).Facts().ShouldHaveSingleItem());
        once.Find(First)!.PreviousSecretUntil.ShouldBe(Noon + Day);
        once.Find(First)!.IsRotating(Noon + Day).ShouldBeFalse();
        Until(once, Noon.AddHours(1)).ShouldBe(Noon + Day);
        Until(once, Noon + Day).ShouldBe(Noon + Day + Day);
        None.Rotate(Grocery, First, Day, Noon).Refusal().ShouldBe("webhook-unknown");

        static DateTimeOffset Until(PartnerWebhooks webhooks, DateTimeOffset at) =>
            webhooks.Rotate(Grocery, First, Day, at).Facts().ShouldHaveSingleItem().ShouldBeOfType<WebhookSecretRotated>().PreviousUntil;
    }

    private static PartnerWebhooks Registered(PartnerWebhooks webhooks, Guid id, string url) =>
        webhooks.When(webhooks.Register(Grocery, id, url, ["*"], Noon).Facts().ShouldHaveSingleItem());
}
