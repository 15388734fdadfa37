using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.EventStore;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;
using Contract = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.CoalitionPartners.Tests.Integration;

public sealed class TellingOthersOfBlocks
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void says_whether_a_partner_may_issue_beyond_what_it_has_paid_for(bool refuses)
    {
        var block = new BlockTerms(new(1000), null, new(100), Replenish: false, refuses ? WhenEmpty.Refuse : WhenEmpty.Overdraw);
        var commercial = Commercial.Usual with { Funding = new(FundingKind.Prepaid, block) };

        Told(new AgreementMade(Grocery, 2, Noon, Currency.From("EUR"), 1, 0.01m, 0.008m, Noon, commercial))
            .ShouldBeOfType<Contract.AgreementChanged>().OnlyPrepaid.ShouldBe(refuses);
    }

    [Fact]
    public void says_nothing_of_prepaying_where_it_was_not_agreed() =>
        Told(new AgreementMade(Grocery, 1, Noon, Currency.From("EUR"), 1, 0.01m, 0.008m, Noon)).ShouldBeOfType<Contract.AgreementChanged>().OnlyPrepaid.ShouldBeFalse();

    [Fact]
    public void tells_of_every_block_that_was_bought_and_of_none_that_was_only_proposed()
    {
        var id = Guid.NewGuid();

        Told(new BlockBought(Grocery, id, new(1000), 0.01m, Currency.From("EUR"), 2, "anna", "bert", Noon))
            .ShouldBe(new Contract.PrepaidBlockBought(Grocery.Value, id, 1000, Noon));
        Told(new BlockProposed(Grocery, id, new(1000), 0.01m, Currency.From("EUR"), 2, "anna", Noon)).ShouldBeNull();
    }

    private static object? Told(object fact) =>
        PublishedEvents.Map(new StoredEvent(1, Guid.Empty, Guid.Empty, 1, "any", fact, Noon, "", null));
}
