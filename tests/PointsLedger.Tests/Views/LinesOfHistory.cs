using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Tests.Domain;
using Loyalty.PointsLedger.Views;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Views;

public class LinesOfHistory
{
    public static TheoryData<string> EveryFact => [.. Samples.OfEveryFact.Select(f => f.GetType().Name)];

    [Theory]
    [MemberData(nameof(EveryFact))]
    public void change_the_balance_by_what_is_posted_to_the_member(string name)
    {
        var fact = Samples.OfEveryFact.Single(f => f.GetType().Name == name);
        var line = HistoryLine.Of(new StoredEvent(1, Guid.NewGuid(), Given.AnnasAccount.Value, 1, name, fact, Given.Noon, "", null));

        line.BalanceChange.ShouldBe(Postings.Of(Given.AnnasAccount, fact).Where(p => p.LedgerAccount.Kind == "member").Sum(p => p.Amount));
        line.BalanceChange.ShouldBe(LedgerAccount.ChangeOfBalance(AccountId.From(Given.AnnasAccount.Value), fact));
        (line.OccurredAt, line.RecordedAt).ShouldBe(fact.Times());
    }
}
