using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class TimesOfFacts
{
    private static readonly EventStore.EventTypes Types = new EventStore.EventTypes().MapAccountFacts();

    public static TheoryData<string> EveryFact => [.. typeof(IAccountFact).Assembly.GetTypes()
        .Where(t => t is { IsInterface: false } && t.IsAssignableTo(typeof(IAccountFact))).Select(t => Types.NameOf(t))];

    [Theory]
    [MemberData(nameof(EveryFact))]
    public void are_known_of_every_fact(string name)
    {
        var (occurredAt, recordedAt) = Stored(name).Times();
        (recordedAt - occurredAt).ShouldBe(TimeSpan.FromSeconds(2.5));
        occurredAt.ShouldBe(Noon);
    }

    [Theory]
    [MemberData(nameof(EveryFact))]
    public void stand_beside_ledger_accounts_that_are_a_partners_or_summed_up(string name)
    {
        foreach (var posting in Postings.Of(AnnasAccount, Stored(name)))
        {
            var partner = posting.LedgerAccount.Owner == Grocery.Value ? Grocery
                : posting.LedgerAccount.Owner == Fuel.Value ? Fuel : (Loyalty.Kernel.PartnerId?)null;
            posting.LedgerAccount.Partner.ShouldBe(partner, posting.LedgerAccount.ToString());
        }
    }

    private static IAccountFact Stored(string name) => (IAccountFact)Types.Read(
        name, File.ReadAllText(Path.Combine(Repository.Root, "tests", "PointsLedger.Tests", "Golden", name + ".json")));
}
