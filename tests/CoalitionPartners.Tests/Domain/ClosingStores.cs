using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class ClosingStores
{
    private static readonly Store Harbour = new("S9", "Harbour");
    private static readonly Partner Open = Admitted(Harbour, new Store("S1", "High Street"));
    private static readonly DateTimeOffset Midnight = Noon.AddHours(12);
    private static readonly Partner Closing = Open.When(new StoreClosed(Grocery, "S9", Midnight, Noon));

    [Fact]
    public void takes_effect_when_it_shall_or_else_now()
    {
        Open.CloseStore("S9", Midnight.ToOffset(TimeSpan.FromHours(1)), Noon).Facts().ShouldBe([new StoreClosed(Grocery, "S9", Midnight, Noon)]);
        Open.CloseStore("S9", null, Noon).Facts().ShouldBe([new StoreClosed(Grocery, "S9", Noon, Noon)]);
    }

    [Fact]
    public void again_does_nothing()
    {
        Closing.CloseStore("S9", Midnight, Noon.AddHours(1)).Facts().ShouldBeEmpty();
        Closing.CloseStore("S9", Midnight, Midnight.AddYears(1)).Facts().ShouldBeEmpty();
        Closing.CloseStore("S9", null, Midnight.AddYears(1)).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void is_for_good() => Closing.CloseStore("S9", Midnight.AddHours(1), Noon).Refusal().ShouldBe("store-closed");

    [Fact]
    public void never_reaches_back()
    {
        Open.CloseStore("S9", Noon.AddTicks(-1), Noon).Refusal().ShouldBe("closing-backdated");
        Open.CloseStore("S9", Noon, Noon).Facts().ShouldHaveSingleItem();
    }

    [Fact]
    public void is_refused_where_there_is_no_such_store_nor_such_a_time()
    {
        Nobody.CloseStore("S9", null, Noon).Refusal().ShouldBe("partner-unknown");
        Open.CloseStore("S8", null, Noon).Refusal().ShouldBe("store-unknown");
        Open.CloseStore("S9", DateTimeOffset.MaxValue, Noon).Refusal().ShouldBe("effective-from-not-allowed");
    }

    [Fact]
    public void leaves_the_other_stores_open_and_keeps_the_code_for_ever()
    {
        Closing.CloseStore("S1", null, Noon).Facts().ShouldHaveSingleItem();
        Closing.OpenStore(Harbour, Midnight.AddTicks(-1)).Facts().ShouldBeEmpty();
        Closing.OpenStore(Harbour, Midnight).Refusal().ShouldBe("store-code-taken");
    }
}
