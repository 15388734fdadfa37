using System.Text.Json.Nodes;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Testing;

namespace Loyalty.Customers.Tests.Storage;

public sealed class StoringEvents
{
    private static readonly EventTypes Types = Mapped();

    public static TheoryData<string> Names => [.. Types.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void what_was_once_stored_is_read_and_written_the_same_for_ever(string name)
    {
        var golden = Golden(name);
        var fact = Types.Read(name, golden);
        Types.NameOf(fact.GetType()).ShouldBe(name);
        JsonNode.DeepEquals(JsonNode.Parse(Types.Write(fact)), JsonNode.Parse(golden)).ShouldBeTrue(Types.Write(fact));
    }

    [Fact]
    public void a_stored_profile_opens_for_ever()
    {
        var stored = (CustomerEnrolled)Types.Read("customer-enrolled", Golden("customer-enrolled"));
        ProfileSeal.Open(stored.Profile, ProfileSealing.Member, ProfileSealing.Key).ShouldBe(ProfileSealing.Ann);
        var corrected = (BirthdayCorrected)Types.Read("birthday-corrected", Golden("birthday-corrected"));
        ProfileSeal.Open(corrected.Profile, ProfileSealing.Member, ProfileSealing.Key).ShouldBe(ProfileSealing.Ann);
    }

    private static string Golden(string name) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Customers.Tests", "Golden", name + ".json"));

    private static EventTypes Mapped()
    {
        var types = new EventTypes();
        StoredEvents.Map(types);
        return types;
    }
}
