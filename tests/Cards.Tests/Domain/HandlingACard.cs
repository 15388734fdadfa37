using Loyalty.Cards.Domain;
using Loyalty.Kernel;

namespace Loyalty.Cards.Tests.Domain;

public sealed class HandlingACard
{
    private static readonly DateTimeOffset Now = new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly MemberId Ann = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly MemberId Ben = new(Guid.Parse("22222222-2222-2222-2222-222222222222"));
    private static readonly CardIssued Issued = Card.Issue(CardNumber.From("600100000000000"), Barcode.From("200000000000"), "CLASSIC", Now);
    private static readonly CardActivated Activated = new(Now);
    private static readonly CardLinked LinkedToAnn = new(Issued.Number, Issued.Barcode, Ann, Now);
    private static readonly CardBlocked Blocked = new(Issued.Number, Member: null, "lost", Now);

    [Fact]
    public void an_issued_card_can_be_activated() => Given(Issued).Activate(Now).ShouldHappen(Activated);

    [Fact]
    public void activating_again_changes_nothing() => Given(Issued, Activated).Activate(Now.AddDays(1)).ShouldHappen();

    [Fact]
    public void a_blocked_card_is_not_activated() => Given(Issued, Blocked).Activate(Now).ShouldBeRefused("card-blocked");

    [Fact]
    public void an_active_card_is_linked_to_a_member() => Given(Issued, Activated).Link(Ann, Now).ShouldHappen(LinkedToAnn);

    [Fact]
    public void linking_to_the_same_member_again_changes_nothing() =>
        Given(Issued, Activated, LinkedToAnn).Link(Ann, Now.AddDays(1)).ShouldHappen();

    [Fact]
    public void a_linked_card_stays_with_its_member() =>
        Given(Issued, Activated, LinkedToAnn).Link(Ben, Now).ShouldBeRefused("card-already-linked");

    [Fact]
    public void a_card_is_not_linked_before_it_is_active() => Given(Issued).Link(Ann, Now).ShouldBeRefused("card-not-active");

    [Fact]
    public void a_blocked_card_is_not_linked_not_even_to_its_member() =>
        Given(Issued, Activated, LinkedToAnn, Blocked).Link(Ann, Now).ShouldBeRefused("card-blocked");

    [Fact]
    public void blocking_says_whose_card_it_was() =>
        Given(Issued, Activated, LinkedToAnn).Block("stolen", Now).ShouldHappen(new CardBlocked(Issued.Number, Ann, "stolen", Now));

    [Fact]
    public void a_card_can_be_blocked_before_anybody_holds_it() =>
        Given(Issued).Block("lost", Now).ShouldHappen(Blocked);

    [Fact]
    public void a_blocked_card_keeps_its_first_reason()
    {
        Given(Issued, Blocked).Block("fraud", Now).ShouldHappen();
        Given(Issued, Blocked).BlockReason.ShouldBe("lost");
    }

    [Fact]
    public void a_card_that_was_never_issued_is_unknown()
    {
        Given().Activate(Now).ShouldBeRefused("card-unknown");
        Given().Link(Ann, Now).ShouldBeRefused("card-unknown");
        Given().Block("lost", Now).ShouldBeRefused("card-unknown");
    }

    [Fact]
    public void a_foreign_fact_stops_the_fold() => Should.Throw<InvalidOperationException>(() => Given(Issued).When("something else"));

    private static Card Given(params object[] facts) =>
        Card.Initial(Guid.Parse("cccccccc-cccc-cccc-cccc-cccccccccccc")).Fold(facts);
}

public sealed class DefiningACardProduct
{
    private static readonly CardProductDefined Classic =
        new("CLASSIC", "Classic", "private", "600100", 16, new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero));

    private static readonly CardProduct Fresh = CardProduct.Initial(CardProduct.IdOf("CLASSIC"));

    [Fact]
    public void a_new_code_is_defined() => Fresh.Define(Classic).ShouldHappen(Classic);

    [Fact]
    public void the_same_definition_again_changes_nothing() =>
        Fresh.When(Classic).Define(Classic with { DefinedAt = Classic.DefinedAt.AddYears(1) }).ShouldHappen();

    [Fact]
    public void another_definition_under_the_same_code_is_refused() =>
        Fresh.When(Classic).Define(Classic with { NumberLength = 17 }).ShouldBeRefused("product-differs");
}

internal static class DecisionAssertions
{
    public static void ShouldHappen<TEvent>(this Decision<TEvent> decision, params TEvent[] facts) where TEvent : notnull =>
        decision.ShouldBeOfType<Decision<TEvent>.Accepted>().Events.ShouldBe(facts);

    public static void ShouldBeRefused<TEvent>(this Decision<TEvent> decision, string code) where TEvent : notnull =>
        decision.ShouldBeOfType<Decision<TEvent>.Refused>().Refusal.Code.ShouldBe(code);
}
