using System.Text.Json.Nodes;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Tests.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Storage;

public class StoredFacts
{
    private static readonly EventTypes Types = new EventTypes().MapAccountFacts();

    private const string ByRules = ".by-rules";
    private const string Shortly = ".shortly";
    private const string Sliding = ".sliding";

    public static TheoryData<string> Names => 
    [
        .. Types.All.Keys, .. Samples.ByRules.Select(f => Types.NameOf(f.GetType()) + ByRules), .. Samples.Shortly.Select(f => Types.NameOf(f.GetType()) + Shortly),
        .. Samples.Sliding.Select(f => Types.NameOf(f.GetType()) + Sliding),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void are_written_as_they_were_the_first_time(string name)
    {
        var written = JsonNode.Parse(Types.Write(Sample(name)));
        JsonNode.DeepEquals(written, JsonNode.Parse(Golden(name))).ShouldBeTrue($"{name} is now written as {written}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void that_were_written_long_ago_still_mean_the_same(string name) =>
        Types.Write(Types.Read(name.Split('.')[0], Golden(name))).ShouldBe(Types.Write(Sample(name)));

    [Fact]
    public void have_a_name_each() => Types.All.Values.ShouldBe(Samples.OfEveryFact.Select(f => f.GetType()), ignoreOrder: true);

    [Fact]
    public void that_are_written_shortly_say_everything_when_they_are_read()
    {
        foreach (var fact in Samples.Shortly)
        {
            var read = Types.Read(Types.NameOf(fact.GetType()), Types.Write(fact));
            if (fact is PointsAccrued accrued) ((PointsAccrued)read).Awards!.Value.Select(Said).ShouldBe(accrued.Awards!.Value.Select(Said));
            else if (fact is PointsRedeemed redeemed) ((PointsRedeemed)read).Draws.ShouldBe(redeemed.Draws);
        }

        static (Award, string) Said(Award award) => (award with { Windows = null }, string.Join(',', award.Windows ?? []));
    }

    private static IAccountFact Sample(string name) => name.Split('.') switch
    {
        [var type, "by-rules"] => Samples.ByRules.Single(f => Types.NameOf(f.GetType()) == type),
        [var type, "shortly"] => Samples.Shortly.Single(f => Types.NameOf(f.GetType()) == type),
        [var type, "sliding"] => Samples.Sliding.Single(f => Types.NameOf(f.GetType()) == type),
        _ => Samples.OfEveryFact.Single(f => Types.NameOf(f.GetType()) == name),
    };

    private static string Golden(string name) => File.ReadAllText(Path.Combine(Repository.Root, "tests", "PointsLedger.Tests", "Golden", name + ".json"));
}
