using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class RegisteringTerminals
{
    private static readonly Partner Shop = Admitted(new Store("S1", "One"));
    private static readonly Terminals None = Terminals.Initial(Terminals.IdOf(Grocery, "S1"));
    private static readonly Terminals One = None.When(new TerminalRegistered(Grocery, "S1", "T1", "By the door", Noon));

    [Fact]
    public void adds_a_terminal_once()
    {
        None.Register(Shop, "S1", "T1", "By the door", Noon).Facts().ShouldBe([new TerminalRegistered(Grocery, "S1", "T1", "By the door", Noon)]);
        One.Register(Shop, "S1", "T1", "By the door", Noon.AddDays(1)).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void refuses_a_code_that_is_or_was_anothers()
    {
        One.Register(Shop, "S1", "T1", "In the cellar", Noon).Refusal().ShouldBe("terminal-code-taken");
        Retired().Register(Shop, "S1", "T1", "By the door", Noon).Refusal().ShouldBe("terminal-code-taken");
    }

    [Fact]
    public void refuses_where_there_is_no_partner_or_no_store()
    {
        None.Register(Nobody, "S1", "T1", "By the door", Noon).Refusal().ShouldBe("partner-unknown");
        None.Register(Shop, "S2", "T1", "By the door", Noon).Refusal().ShouldBe("store-unknown");
        One.Retire(Shop, "S2", "T1", Noon).Refusal().ShouldBe("store-unknown");
    }

    [Fact]
    public void ends_by_retiring_which_does_nothing_the_second_time()
    {
        Retired().Find("T1")!.RetiredAt.ShouldBe(Noon.AddDays(1));
        Retired().Retire(Shop, "S1", "T1", Noon.AddDays(2)).Facts().ShouldBeEmpty();
        One.Retire(Shop, "S1", "T2", Noon).Refusal().ShouldBe("terminal-unknown");
    }

    [Fact]
    public void stops_at_a_thousand()
    {
        var full = None.Fold(Enumerable.Range(1, Terminals.Most).Select(i => new TerminalRegistered(Grocery, "S1", $"T{i}", "Till", Noon)));
        full.Register(Shop, "S1", "T1001", "Till", Noon).Refusal().ShouldBe("too-many-terminals");
    }

    private static Terminals Retired() => One.Fold(One.Retire(Shop, "S1", "T1", Noon.AddDays(1)).Facts());
}
