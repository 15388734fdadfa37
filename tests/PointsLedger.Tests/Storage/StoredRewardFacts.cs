using System.Text.Json.Nodes;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Storage;

public class StoredRewardFacts
{
    private static readonly EventTypes Types = new EventTypes().MapRewardFacts();

    private static readonly IReadOnlyList<IRewardFact> OfEveryFact =
    [
        new RewardListed("headphones", Grocery, RewardSupply.Stocked, 100, new("Headphones", P(500), Noon, Noon.AddYears(1), 2, 90), Noon),
        new RewardChanged(2, new("Headphones", P(450), null, null, null, null), Noon),
        new StockAdded(100, Noon),
        new RewardWithdrawn(Noon),
    ];

    public static TheoryData<string> Names => [.. Types.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void are_written_as_they_were_the_first_time(string name)
    {
        var written = JsonNode.Parse(Types.Write(Sample(name)));
        JsonNode.DeepEquals(written, JsonNode.Parse(Golden(name))).ShouldBeTrue($"{name} is now written as {written}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void that_were_written_long_ago_still_mean_the_same(string name) => Types.Read(name, Golden(name)).ShouldBe(Sample(name));

    private static IRewardFact Sample(string name) => OfEveryFact.Single(f => Types.NameOf(f.GetType()) == name);

    private static string Golden(string name) => File.ReadAllText(Path.Combine(Repository.Root, "tests", "PointsLedger.Tests", "Golden", name + ".json"));
}
