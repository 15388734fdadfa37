using Loyalty.CoalitionPartners.Domain;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class RegisteringApiClients
{
    private static readonly ApiClientRegistered Till = new(Grocery, "GROCERY.till-1", "till-1", ["ledger.post", "ledger.read"], "hash", Noon);

    [Fact]
    public void names_the_client_after_its_partner_and_keeps_each_scope_once()
    {
        var registered = Admitted().RegisterClient("till-1", ["ledger.post", "ledger.read", "ledger.post"], "hash", Noon)
            .Facts().ShouldHaveSingleItem().ShouldBeOfType<ApiClientRegistered>();
        registered.ClientId.ShouldBe("GROCERY.till-1");
        registered.Scopes.ShouldBe(["ledger.post", "ledger.read"]);
    }

    [Theory]
    [InlineData("partners.manage")]
    [InlineData("accounts.manage")]
    [InlineData("ledger.transfer")]
    [InlineData("LEDGER.POST")]
    [InlineData("")]
    public void refuses_scopes_that_are_not_a_partners(string scope) =>
        Admitted().RegisterClient("till-1", ["ledger.post", scope], "hash", Noon).Refusal().ShouldBe("scope-not-allowed");

    [Fact]
    public void refuses_a_client_that_could_do_nothing() =>
        Admitted().RegisterClient("till-1", [], "hash", Noon).Refusal().ShouldBe("scope-not-allowed");

    [Fact]
    public void refuses_a_name_that_is_or_was_in_use()
    {
        var registered = Admitted().When(Till);
        registered.RegisterClient("till-1", ["ledger.post"], "other", Noon).Refusal().ShouldBe("client-name-taken");
        registered.When(new ApiClientRevoked(Grocery, Till.ClientId, Noon)).RegisterClient("till-1", ["ledger.post"], "other", Noon)
            .Refusal().ShouldBe("client-name-taken");
    }

    [Fact]
    public void of_an_unknown_partner_is_refused() =>
        Nobody.RegisterClient("till-1", ["ledger.post"], "hash", Noon).Refusal().ShouldBe("partner-unknown");

    [Fact]
    public void is_ended_by_revoking_which_does_nothing_the_second_time()
    {
        var registered = Admitted().When(Till);
        var revoked = registered.RevokeClient(Till.ClientId, Noon).Facts().ShouldHaveSingleItem();
        registered.When(revoked).Client(Till.ClientId)!.RevokedAt.ShouldBe(Noon);
        registered.When(revoked).RevokeClient(Till.ClientId, Noon.AddDays(1)).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void is_not_ended_where_it_never_began() => Admitted().RevokeClient("GROCERY.till-2", Noon).Refusal().ShouldBe("client-unknown");
}
