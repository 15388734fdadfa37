using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Reconciling;

public sealed class DecidingOnItems
{
    private static readonly Guid Reconciliation = Guid.Parse("77777777-7777-4777-8777-777777777777");
    private static readonly Guid Batch = Guid.Parse("66666666-6666-4666-8666-666666666666");
    private static readonly Finding Missing = new(DifferenceKind.MissingHere, TransactionKind.Purchase, "T-1", null, "EUR", 1000, 10);
    private static readonly ItemFound Found = new(Reconciliation, 3, Missing, Tolerated: false, CanBeCorrected: true);
    private static readonly ReconciliationItem Open = ReconciliationItem.Initial(ReconciliationItem.StreamOf(Reconciliation, 3));
    private static readonly ReconciliationItem Proposed = Open.Fold(Open.Propose(Found, ItemDecision.Correct, "late", "anna", Noon).Facts());
    private static readonly ReconciliationItem Decided = Proposed.Fold(Proposed.Approve("bert", Noon, Batch).Facts());

    [Fact]
    public void goes_from_open_to_assigned_to_proposed_to_decided()
    {
        Open.State.ShouldBe(ItemState.Open);
        Open.Fold(Open.Assign(Found, "anna", "bert", Noon).Facts()).State.ShouldBe(ItemState.Assigned);
        Proposed.State.ShouldBe(ItemState.Proposed);
        Decided.State.ShouldBe(ItemState.Decided);
    }

    [Fact]
    public void makes_whoever_proposes_the_owner_of_what_nobody_owns()
    {
        Proposed.Owner.ShouldBe("anna");
        var claras = Open.Fold(Open.Assign(Found, "clara", "anna", Noon).Facts());
        claras.Fold(claras.Propose(Found, ItemDecision.Accept, "small", "anna", Noon).Facts()).Owner.ShouldBe("clara");
    }

    [Fact]
    public void takes_a_second_person()
    {
        Proposed.Approve("anna", Noon, Batch).Refusal().ShouldBe("same-person");
        Proposed.Reject("anna", Noon).Refusal().ShouldBe("same-person");
        Decided.Approve("anna", Noon, Batch).Refusal().ShouldBe("same-person");
        Proposed.Approve("bert", Noon, Batch).Facts().ShouldBe([new DecisionApproved(Reconciliation, 3, ItemDecision.Correct, "late", "anna", "bert", Noon, Batch)]);
    }

    [Fact]
    public void names_a_batch_for_corrections_only()
    {
        var accepted = Open.Fold(Open.Propose(Found, ItemDecision.Accept, "small", "anna", Noon).Facts());
        accepted.Approve("bert", Noon, Batch).Facts().ShouldHaveSingleItem().ShouldBeOfType<DecisionApproved>().Correction.ShouldBeNull();
    }

    [Fact]
    public void does_nothing_when_it_is_repeated()
    {
        Proposed.Propose(Found, ItemDecision.Correct, "late", "anna", Noon).Facts().ShouldBeEmpty();
        Proposed.Assign(Found, "anna", "bert", Noon).Facts().ShouldBeEmpty();
        Decided.Approve("bert", Noon, Guid.Empty).Facts().ShouldBeEmpty();
        var rejected = Proposed.Fold(Proposed.Reject("bert", Noon).Facts());
        rejected.Reject("bert", Noon).Facts().ShouldBeEmpty();
        rejected.State.ShouldBe(ItemState.Assigned);
        rejected.Propose(Found, ItemDecision.Correct, "late", "anna", Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<DecisionProposed>();
    }

    [Fact]
    public void takes_one_decision_only()
    {
        Open.Approve("bert", Noon, Batch).Refusal().ShouldBe("decision-not-proposed");
        Open.Reject("bert", Noon).Refusal().ShouldBe("decision-not-proposed");
        Proposed.Propose(Found, ItemDecision.Accept, "late", "anna", Noon).Refusal().ShouldBe("decision-proposed");
        Decided.Propose(Found, ItemDecision.Accept, "small", "anna", Noon).Refusal().ShouldBe("item-decided");
        Decided.Assign(Found, "clara", "anna", Noon).Refusal().ShouldBe("item-decided");
        Decided.Approve("clara", Noon, Batch).Refusal().ShouldBe("item-decided");
        Decided.Reject("bert", Noon).Refusal().ShouldBe("item-decided");
        Open.Propose(Found with { Tolerated = true }, ItemDecision.Accept, "small", "anna", Noon).Refusal().ShouldBe("item-decided");
    }

    [Fact]
    public void corrects_only_what_a_transaction_can_mend() =>
        Open.Propose(Found with { CanBeCorrected = false }, ItemDecision.Correct, "late", "anna", Noon).Refusal().ShouldBe("correction-not-possible");

    [Fact]
    public void sends_the_line_that_is_missing_here_if_it_has_all_that_is_needed()
    {
        Correction.Of(Missing, Grocery, lineCanBeSent: true, null).ShouldBe(new Correction(TransactionKind.Purchase, "T-1", null, null));
        Correction.Of(Missing, Grocery, lineCanBeSent: false, null).ShouldBeNull();
    }

    [Fact]
    public void returns_what_ours_is_too_much_and_buys_what_it_is_too_little()
    {
        var tooMuch = Missing with { Kind = DifferenceKind.AmountDiffers, Here = "T-1", AmountDifference = -250 };
        var back = Correction.Of(tooMuch, Grocery, lineCanBeSent: false, null).ShouldNotBeNull();
        (back.Kind, back.AmountMinor, back.Purchase).ShouldBe((TransactionKind.Return, 250L, "T-1"));
        TransactionId.IsValid(back.TransactionId).ShouldBeTrue();

        var more = Correction.Of(tooMuch with { AmountDifference = 250 }, Grocery, lineCanBeSent: true, null).ShouldNotBeNull();
        (more.Kind, more.AmountMinor).ShouldBe((TransactionKind.Purchase, 250L));
        more.TransactionId.ShouldNotBe(back.TransactionId);
        Correction.Of(tooMuch with { AmountDifference = 250 }, Grocery, lineCanBeSent: false, null).ShouldBeNull();

        var returned = tooMuch with { TransactionKind = TransactionKind.Return, AmountDifference = 100 };
        Correction.Of(returned, Grocery, lineCanBeSent: true, "T-0").ShouldNotBeNull().Purchase.ShouldBe("T-0");
        Correction.Of(returned with { AmountDifference = -100 }, Grocery, lineCanBeSent: true, "T-0").ShouldBeNull();
    }

    [Theory]
    [InlineData(DifferenceKind.MissingThere), InlineData(DifferenceKind.PointsDiffer), InlineData(DifferenceKind.Duplicate)]
    internal void only_records_what_no_transaction_can_mend(DifferenceKind kind) =>
        Correction.Of(Missing with { Kind = kind, Here = "T-1" }, Grocery, lineCanBeSent: true, "T-0").ShouldBeNull();

    [Fact]
    public void names_a_correction_after_what_it_mends_so_that_two_reconciliations_mend_it_once()
    {
        var differs = Missing with { Kind = DifferenceKind.AmountDiffers, Here = "T-1", AmountDifference = -250 };
        string Name(Finding found, PartnerId partner) => Correction.Of(found, partner, true, null)!.TransactionId;
        Name(differs, Grocery).ShouldBe(Name(differs with { PointsDifference = 99 }, Grocery));
        new[] { differs, differs with { There = "T-2" }, differs with { AmountDifference = -251 } }.Select(f => Name(f, Grocery))
            .Append(Name(differs, new(Guid.Empty))).ShouldBeUnique();
    }
}
