using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class PublishingOffers
{
    private static readonly Offer Nothing = Offer.Initial(Offer.StreamOf("weekend"));

    [Fact]
    public void records_the_first_version_as_it_was_written()
    {
        var document = Written.Offer();
        Nothing.Publish("weekend", document, Noon).Facts().ShouldHaveSingleItem().ShouldBe(new OfferPublished("weekend", 1, document, Noon));
    }

    [Fact]
    public void again_does_nothing_however_its_members_are_ordered_and_its_numbers_written()
    {
        var published = Published("""{"when":{"spendFrom":10,"promoCode":"SUN"}}""");
        published.Publish("weekend", Written.Offer("""{"when":{"promoCode":"SUN","spendFrom":10.00}}"""), Noon).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void with_another_document_makes_the_next_version()
    {
        var document = Written.Offer("""{"priority":11}""");
        Published().Publish("weekend", document, Noon).Facts().ShouldHaveSingleItem().ShouldBe(new OfferPublished("weekend", 2, document, Noon));
    }

    [Fact]
    public void goes_back_to_an_earlier_document_as_a_version_of_its_own()
    {
        var other = Published().When(new OfferPublished("weekend", 2, Written.Offer("""{"priority":11}"""), Noon));
        other.Publish("weekend", Written.Offer(), Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<OfferPublished>().Version.ShouldBe(3);
    }

    [Fact]
    public void is_withdrawn_with_its_last_document_in_a_version_of_its_own()
    {
        var published = Published();
        published.Withdraw("weekend", Noon).Facts().ShouldHaveSingleItem()
            .ShouldBe(new OfferWithdrawn("weekend", 2, published.Current!.Document, Noon));
    }

    [Fact]
    public void is_withdrawn_once() => Withdrawn().Withdraw("weekend", Noon.AddDays(1)).Facts().ShouldBeEmpty();

    [Fact]
    public void after_a_withdrawal_makes_a_version_even_of_the_same_document() =>
        Withdrawn().Publish("weekend", Written.Offer(), Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<OfferPublished>().Version.ShouldBe(3);

    [Fact]
    public void withdraws_nothing_that_nobody_published() => Nothing.Withdraw("weekend", Noon).Refusal().ShouldBe("offer-unknown");

    private static Offer Published(string changes = "{}") => Nothing.When(new OfferPublished("weekend", 1, Written.Offer(changes), Noon));

    private static Offer Withdrawn() => Published().When(new OfferWithdrawn("weekend", 2, Written.Offer(), Noon));
}
