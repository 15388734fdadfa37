using System.Text.Json.Nodes;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Storage;

public class StoredAdjustments
{
    private static readonly EventTypes Types = new EventTypes().MapAdjustmentFacts();

    private static readonly IReadOnlyList<IAdjustmentFact> Samples =
    [
        new AdjustmentProposed(
            Guid.Parse("55555555-5555-4555-8555-555555555555"), AnnasAccount, Grocery, P(-17), "duplicate-purchase", "Receipt 4711 was sent twice.", "anna", Noon),
        new AdjustmentApproved("bert", Noon),
        new AdjustmentRejected("bert", Noon),
    ];

    public static TheoryData<string> Names => [.. Types.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void are_written_as_they_were_the_first_time_and_still_mean_the_same(string name)
    {
        var sample = Samples.Single(f => Types.NameOf(f.GetType()) == name);
        var golden = File.ReadAllText(Path.Combine(Repository.Root, "tests", "PointsLedger.Tests", "Golden", name + ".json"));
        var written = Types.Write(sample);
        JsonNode.DeepEquals(JsonNode.Parse(written), JsonNode.Parse(golden)).ShouldBeTrue($"{name} is now written as {written}");
        Types.Read(name, golden).ShouldBe(sample);
    }
}
