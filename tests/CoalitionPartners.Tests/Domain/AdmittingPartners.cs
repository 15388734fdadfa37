using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class AdmittingPartners
{
    private static readonly Store[] Stores = [new("S1", "High Street"), new("S2", "Airport")];

    [Fact]
    public void records_the_partner_with_its_stores() =>
        Nobody.Admit("GROCERY", "Grocery", Euro, Stores, Noon)
            .Facts().ShouldHaveSingleItem().ShouldBe(new PartnerAdmitted(Grocery, "GROCERY", "Grocery", Euro, Stores, Noon));

    [Fact]
    public void again_with_the_same_content_does_nothing() =>
        Admitted(Stores).Admit("GROCERY", "Grocery", Euro, [Stores[1], Stores[0]], Noon.AddDays(1)).Facts().ShouldBeEmpty();

    [Fact]
    public void again_after_more_stores_were_opened_still_does_nothing() =>
        Admitted(Stores).When(new StoreOpened(Grocery, new("S3", "Harbour"), Noon)).Admit("GROCERY", "Grocery", Euro, Stores, Noon).Facts().ShouldBeEmpty();

    [Fact]
    public void again_with_another_name_currency_or_stores_is_refused()
    {
        var admitted = Admitted(Stores);
        admitted.Admit("GROCERY", "Other", Euro, Stores, Noon).Refusal().ShouldBe("partner-differs");
        admitted.Admit("GROCERY", "Grocery", Currency.From("USD"), Stores, Noon).Refusal().ShouldBe("partner-differs");
        admitted.Admit("GROCERY", "Grocery", Euro, [Stores[0]], Noon).Refusal().ShouldBe("partner-differs");
    }

    [Fact]
    public void with_one_store_code_twice_is_refused() =>
        Nobody.Admit("GROCERY", "Grocery", Euro, [new("S1", "a"), new("S1", "b")], Noon).Refusal().ShouldBe("store-code-taken");

    [Fact]
    public void gives_one_code_always_the_same_id()
    {
        Partner.IdOf("GROCERY").ShouldBe(Partner.IdOf("GROCERY"));
        Partner.IdOf("GROCERY").ShouldNotBe(Partner.IdOf("FUEL"));
    }
}

public sealed class OpeningStores
{
    [Fact]
    public void records_the_store() =>
        Admitted().OpenStore(new("S9", "Harbour"), Noon).Facts().ShouldHaveSingleItem().ShouldBe(new StoreOpened(Grocery, new("S9", "Harbour"), Noon));

    [Fact]
    public void again_does_nothing() =>
        Admitted().When(new StoreOpened(Grocery, new("S9", "Harbour"), Noon)).OpenStore(new("S9", "Harbour"), Noon).Facts().ShouldBeEmpty();

    [Fact]
    public void refuses_another_store_under_a_code_of_the_admission_or_of_later() =>
        new[] { Admitted(new Store("S1", "a")), Admitted().When(new StoreOpened(Grocery, new("S1", "a"), Noon)) }
            .ShouldAllBe(partner => partner.OpenStore(new("S1", "b"), Noon).Refusal() == "store-code-taken");

    [Fact]
    public void refuses_the_same_store_in_another_time_zone() =>
        Admitted(new Store("S1", "a", "Europe/Vienna")).OpenStore(new("S1", "a", "Europe/London"), Noon).Refusal().ShouldBe("store-code-taken");

    [Fact]
    public void of_an_unknown_partner_is_refused() => Nobody.OpenStore(new("S1", "a"), Noon).Refusal().ShouldBe("partner-unknown");
}
