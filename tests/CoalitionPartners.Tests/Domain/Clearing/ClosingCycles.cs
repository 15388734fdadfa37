using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Clearing;

public sealed class ClosingCycles
{
    private static readonly Cycle March = CalendarTimeline.Usual.With(null, CalendarRules.Usual with { GraceDays = 2 }).At(Noon);
    private static readonly ClearingCycle Open = ClearingCycle.Initial(ClearingCycle.StreamOf(March.Id));
    private static readonly ClearingCycle Proposed = Open.Fold(Open.Propose(March, new(null, null), "anna", March.Due).Facts());
    private static readonly ClearingCycle Cut = Proposed.Fold(Proposed.Approve(new(null, null), "bert", March.Due).Facts());
    private static readonly CycleId February = March.Id.Previous();

    [Fact]
    public void cuts_a_cycle_when_a_second_person_approves() =>
        Proposed.Approve(new(null, null), "bert", March.Due).Facts().ShouldBe([new CycleCut(March.Id, March.From, March.Until, "anna", "bert", March.Due)]);

    [Fact]
    public void refuses_the_person_who_asked_for_it()
    {
        Proposed.Approve(new(null, null), "anna", March.Due).Refusal().ShouldBe("same-person");
        Proposed.Reject("anna", March.Due).Refusal().ShouldBe("same-person");
        Cut.Approve(new(null, null), "anna", March.Due).Refusal().ShouldBe("same-person");
    }

    [Fact]
    public void waits_for_the_end_of_the_days_of_grace()
    {
        Open.Propose(March, new(null, null), "anna", March.Until).Refusal().ShouldBe("cycle-not-over");
        Open.Propose(March, new(null, null), "anna", March.Due.AddTicks(-1)).Refusal().ShouldBe("cycle-not-over");
    }

    [Fact]
    public void goes_in_the_order_of_time()
    {
        Open.Propose(March, new(February, null), "anna", March.Due).Refusal().ShouldBe("earlier-cycle-open");
        Proposed.Approve(new(February, null), "bert", March.Due).Refusal().ShouldBe("earlier-cycle-open");
        Open.Propose(March, new(null, March.Id.Next()), "anna", March.Due).Refusal().ShouldBe("later-cycle-closed");
    }

    [Fact]
    public void does_nothing_when_it_is_repeated()
    {
        Proposed.Propose(March, new(null, null), "anna", March.Due).Facts().ShouldBeEmpty();
        Cut.Propose(March, new(null, null), "anna", March.Due).Facts().ShouldBeEmpty();
        Cut.Approve(new(null, null), "bert", March.Due).Facts().ShouldBeEmpty();
        var rejected = Proposed.Fold(Proposed.Reject("bert", March.Due).Facts());
        rejected.Reject("bert", March.Due).Facts().ShouldBeEmpty();
        rejected.Propose(March, new(null, null), "anna", March.Due).Facts().ShouldHaveSingleItem().ShouldBeOfType<ClosingProposed>();
    }

    [Fact]
    public void takes_one_decision_only()
    {
        Open.Approve(new(null, null), "bert", March.Due).Refusal().ShouldBe("closing-not-proposed");
        Open.Reject("bert", March.Due).Refusal().ShouldBe("closing-not-proposed");
        Cut.Approve(new(null, null), "clara", March.Due).Refusal().ShouldBe("closing-decided");
        Cut.Reject("bert", March.Due).Refusal().ShouldBe("closing-decided");
    }

    [Fact]
    public void writes_down_once_what_it_came_to()
    {
        var closed = CycleClosed.Of(March, 42, []);
        Should.Throw<InvalidOperationException>(() => Proposed.Close(closed));
        Cut.Close(closed).Facts().ShouldBe([closed]);
        Cut.Fold(Cut.Close(closed).Facts()).Close(closed).Facts().ShouldBeEmpty();
    }
}
