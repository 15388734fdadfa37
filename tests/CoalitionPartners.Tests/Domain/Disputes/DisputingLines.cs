using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Disputes;

public sealed class DisputingLines
{
    private const string Line = "2026-02.issue.v1.0.01";
    private static readonly CycleId February = CycleId.Of(Cadence.Monthly, new(2026, 2, 1));
    private static readonly Guid Id = Dispute.IdOf(February, Grocery, Line);
    private static readonly Dispute None = Dispute.Initial(Dispute.StreamOf(Id));
    private static readonly Dispute Opened = None.Fold(Open(None, 500).Facts());
    private static readonly Dispute Answered = Opened.Fold(Opened.Answer("Which receipt?", "anna", Noon).Facts());
    private static readonly Dispute Proposed = Answered.Fold(Answered.Propose(300, "Number 7 was.", "anna", Noon).Facts());
    private static readonly Dispute Upheld = Proposed.Fold(Proposed.Approve("bert", Noon).Facts());

    [Fact]
    public void goes_from_objection_to_correction()
    {
        (Opened.Status, Answered.Status, Proposed.Status, Upheld.Status).ShouldBe(
            (DisputeStatus.Opened, DisputeStatus.Answered, DisputeStatus.Answered, DisputeStatus.Upheld));
        Proposed.Approve("bert", Noon).Facts().ShouldBe([new DisputeUpheld(Id, 300, "Number 7 was.", "anna", "bert", Correction.Of(Id), Noon)]);
        Upheld.Correcting(Upheld.Upheld!).ShouldBe(
            new CorrectionPosted(Correction.Of(Id), Grocery, Euro, 300, "Number 7 was.", February, Line, Id, "anna", "bert", Noon));
    }

    [Fact]
    public void takes_two_people_to_decide()
    {
        Proposed.Approve("anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Decline("anna", Noon).Refusal().ShouldBe("same-person");
        Upheld.Approve("anna", Noon).Refusal().ShouldBe("same-person");
        Answered.Approve("bert", Noon).Refusal().ShouldBe("decision-not-proposed");
    }

    [Fact]
    public void changes_nothing_when_a_step_is_repeated()
    {
        Open(Opened, 500).Facts().ShouldBeEmpty();
        Open(Opened, 501).Refusal().ShouldBe("dispute-differs");
        Answered.Answer("Which receipt?", "anna", Noon).Facts().ShouldBeEmpty();
        Proposed.Propose(300, "Number 7 was.", "anna", Noon).Facts().ShouldBeEmpty();
        Proposed.Propose(400, "Number 7 was.", "anna", Noon).Refusal().ShouldBe("decision-proposed");
        Upheld.Approve("bert", Noon).Facts().ShouldBeEmpty();
        var declined = Proposed.Fold(Proposed.Decline("bert", Noon).Facts());
        declined.Decline("bert", Noon).Facts().ShouldBeEmpty();
        declined.Status.ShouldBe(DisputeStatus.Answered);
    }

    [Fact]
    public void is_answered_before_anybody_replies_or_decides()
    {
        Opened.Reply("Number 7.", "GROCERY.office", Noon).Refusal().ShouldBe("dispute-not-answered");
        Opened.Propose(null, "No.", "anna", Noon).Refusal().ShouldBe("dispute-not-answered");
        Answered.Reply("Number 7.", "GROCERY.office", Noon).Facts().Count.ShouldBe(1);
        None.Answer("What?", "anna", Noon).Refusal().ShouldBe("dispute-unknown");
    }

    [Fact]
    public void gives_no_more_than_is_in_question()
    {
        Answered.Propose(501, "More.", "anna", Noon).Refusal().ShouldBe("amount-not-allowed");
        Answered.Propose(0, "Nothing.", "anna", Noon).Refusal().ShouldBe("amount-not-allowed");
        Answered.Propose(500, "All.", "anna", Noon).Facts().Count.ShouldBe(1);
    }

    [Fact]
    public void ends_once()
    {
        var rejecting = Answered.Fold(Answered.Propose(null, "It was not.", "anna", Noon).Facts());
        var rejected = rejecting.Fold(rejecting.Approve("bert", Noon).Facts());
        rejected.Status.ShouldBe(DisputeStatus.Rejected);
        foreach (var ended in new[] { rejected, Upheld })
        {
            ended.Answer("Still?", "anna", Noon).Refusal().ShouldBe("dispute-decided");
            ended.Withdraw("GROCERY.office", Noon).Refusal().ShouldBe("dispute-decided");
            ended.Propose(1, "A cent.", "carl", Noon).Refusal().ShouldBe("dispute-decided");
            Open(ended, 7).Refusal().ShouldBe("dispute-differs");
        }
    }

    [Fact]
    public void may_be_withdrawn_and_raised_again()
    {
        var withdrawn = Proposed.Fold(Proposed.Withdraw("GROCERY.office", Noon).Facts());
        withdrawn.Status.ShouldBe(DisputeStatus.Withdrawn);
        withdrawn.Withdraw("GROCERY.office", Noon).Facts().ShouldBeEmpty();
        withdrawn.Approve("bert", Noon).Refusal().ShouldBe("dispute-decided");
        withdrawn.Fold(Open(withdrawn, 7).Facts()).Status.ShouldBe(DisputeStatus.Opened);
    }

    private static Decision<DisputeFact> Open(Dispute dispute, long amount) =>
        dispute.Open(February, Grocery, Line, new(amount, Euro), "Counted twice.", "GROCERY.office", Noon);
}
