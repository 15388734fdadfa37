using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class RotatingSecrets
{
    private const string Till = "GROCERY.till-1";

    // As facts were before clients could have more than one secret.
    private static readonly Partner Registered = Admitted().When(new ApiClientRegistered(Grocery, Till, "till-1", ["ledger.post"], "first", Noon));

    [Fact]
    public void finds_the_first_secret_in_a_fact_of_old() => Valid(Registered, Noon).ShouldBe(["first"]);

    [Fact]
    public void lets_both_secrets_be_valid_at_once()
    {
        var issued = Registered.IssueSecret(Till, "second", null, Noon).Facts().ShouldHaveSingleItem().ShouldBeOfType<ClientSecretIssued>();
        issued.SecretId.ShouldBe(2);
        Valid(Registered.When(issued), Noon.AddYears(1)).ShouldBe(["first", "second"]);
    }

    [Fact]
    public void refuses_a_third_until_one_is_revoked()
    {
        var two = Issued(Registered, "second");
        two.IssueSecret(Till, "third", null, Noon).Refusal().ShouldBe("too-many-secrets");
        Valid(Issued(two.Fold(two.RevokeSecret(Till, 1, Noon).Facts()), "third"), Noon).ShouldBe(["second", "third"]);
    }

    [Fact]
    public void ends_the_old_secret_at_the_very_instant_that_was_named()
    {
        var until = Noon.AddDays(7);
        var rotating = Issued(Registered, "second", until);
        Valid(rotating, until.AddTicks(-1)).ShouldBe(["first", "second"]);
        rotating.IssueSecret(Till, "third", null, until.AddTicks(-1)).Refusal().ShouldBe("too-many-secrets");
        Valid(rotating, until).ShouldBe(["second"]);
        rotating.IssueSecret(Till, "third", null, until).Facts().ShouldHaveSingleItem();
    }

    [Fact]
    public void refuses_an_end_that_is_over() =>
        Registered.IssueSecret(Till, "second", Noon, Noon).Refusal().ShouldBe("valid-until-past");

    [Fact]
    public void revokes_one_and_leaves_the_other_and_does_nothing_the_second_time()
    {
        var two = Issued(Registered, "second");
        var one = two.Fold(two.RevokeSecret(Till, 2, Noon).Facts());
        Valid(one, Noon).ShouldBe(["first"]);
        one.RevokeSecret(Till, 2, Noon.AddDays(1)).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void knows_neither_other_clients_nor_other_secrets()
    {
        Registered.IssueSecret("GROCERY.till-2", "second", null, Noon).Refusal().ShouldBe("client-unknown");
        Registered.RevokeSecret("GROCERY.till-2", 1, Noon).Refusal().ShouldBe("client-unknown");
        Registered.RevokeSecret(Till, 2, Noon).Refusal().ShouldBe("secret-unknown");
    }

    [Fact]
    public void gives_a_revoked_client_nothing_and_takes_nothing_from_it()
    {
        var revoked = Registered.When(new ApiClientRevoked(Grocery, Till, Noon));
        revoked.IssueSecret(Till, "second", null, Noon).Refusal().ShouldBe("client-revoked");
        revoked.RegisterKey(Till, new("k1", "x", "y"), Noon).Refusal().ShouldBe("client-revoked");
        Valid(revoked, Noon).ShouldBeEmpty();
    }

    [Fact]
    public void keeps_two_keys_at_most_each_once_and_a_revoked_one_never_again()
    {
        var one = WithKey(Registered, "k1");
        one.RegisterKey(Till, new("k1", "x", "y"), Noon).Facts().ShouldBeEmpty();
        var two = WithKey(one, "k2");
        two.RegisterKey(Till, new("k3", "x", "y"), Noon).Refusal().ShouldBe("too-many-keys");
        var revoked = two.Fold(two.RevokeKey(Till, "k1", Noon).Facts());
        revoked.Client(Till)!.ValidKeys().Select(k => k.Id).ShouldBe(["k2"]);
        revoked.RevokeKey(Till, "k1", Noon).Facts().ShouldBeEmpty();
        revoked.RegisterKey(Till, new("k1", "x", "y"), Noon).Refusal().ShouldBe("key-revoked");
        revoked.RevokeKey(Till, "k9", Noon).Refusal().ShouldBe("key-unknown");
    }

    private static Partner Issued(Partner partner, string hash, DateTimeOffset? othersUntil = null) =>
        partner.Fold(partner.IssueSecret(Till, hash, othersUntil, Noon).Facts());

    private static Partner WithKey(Partner partner, string id) => partner.Fold(partner.RegisterKey(Till, new(id, "x", "y"), Noon).Facts());

    private static IEnumerable<string> Valid(Partner partner, DateTimeOffset at) => partner.Client(Till)!.ValidSecrets(at).Select(s => s.Hash);
}
