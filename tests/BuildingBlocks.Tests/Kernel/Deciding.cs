using Loyalty.Kernel;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Kernel;

public sealed class Deciding
{
    [Fact]
    public void accepts_with_facts()
    {
        Decision<string>.Accept("a", "b").ShouldBeOfType<Decision<string>.Accepted>().Events.ShouldBe(["a", "b"]);
        Decision<string>.Accept().ShouldBeOfType<Decision<string>.Accepted>().Events.ShouldBeEmpty();
    }

    [Fact]
    public void refuses_with_a_refusal()
    {
        Decision<string> decision = new Refusal("insufficient-points", "Redeem less.");

        decision.ShouldBeOfType<Decision<string>.Refused>().Refusal.Code.ShouldBe("insufficient-points");
    }

    [Fact]
    public void folds_facts_in_order() => new Text("").Fold(["a", "b", "c"]).Value.ShouldBe("abc");

    private sealed record Text(string Value) : IAggregate<Text>
    {
        public static string Alias => "text";

        public static Text Initial(Guid streamId) => new("");

        public Text When(object @event) => new(Value + @event);
    }
}
