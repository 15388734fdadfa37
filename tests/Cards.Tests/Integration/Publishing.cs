using Loyalty.Cards.Domain;
using Loyalty.Cards.Integration;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Published = Loyalty.Contracts.Cards.V1;

namespace Loyalty.Cards.Tests.Integration;

public sealed class Publishing
{
    private static readonly DateTimeOffset Now = new(2017, 3, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid CardId = Guid.Parse("cccccccc-cccc-cccc-cccc-cccccccccccc");
    private static readonly MemberId Ann = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));

    [Fact]
    public void others_learn_what_is_printed_on_an_issued_card() => Map(new CardIssued("970001", "200", "CLASSIC", Now), 1)
        .ShouldBe(new Published.CardIssued(CardId, "970001", "200", "CLASSIC", Now));

    [Fact]
    public void others_learn_whose_card_it_is() => Map(new CardLinked("970001", "200", Ann, Now), 3)
        .ShouldBe(new Published.CardLinked(CardId, "970001", "200", Ann.Value, Now, 3));

    [Fact]
    public void others_learn_that_a_card_is_blocked() => Map(new CardBlocked("970001", Member: null, "lost", Now), 2)
        .ShouldBe(new Published.CardBlocked(CardId, "970001", MemberId: null, "lost", Now, 2));

    [Fact]
    public void activation_and_products_stay_here()
    {
        Map(new CardActivated(Now), 2).ShouldBeNull();
        Map(new CardProductDefined("CLASSIC", "Classic", "private", "970001", 16, Now), 1).ShouldBeNull();
    }

    [Fact]
    public void a_fact_nobody_decided_on_stops_the_relay() => Should.Throw<InvalidOperationException>(() => Map("something new", 1));

    private static object? Map(object fact, long version) => PublishedEvents.Map(
        new StoredEvent(1, Guid.NewGuid(), CardId, version, "name", fact, Now, "operator:operator", TraceParent: null));
}
