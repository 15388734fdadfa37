using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Payments;

public sealed class ChangingBankAccounts
{
    private static readonly BankAccount Account = new("DE89370400440532013000", null, "Grocery Ltd");
    private static readonly BankDetails None = BankDetails.Initial(BankDetails.StreamOf(Grocery));
    private static readonly BankDetails Proposed = None.Fold(None.Propose(Grocery, Account, "anna", Noon).Facts());
    private static readonly BankDetails Changed = Proposed.Fold(Proposed.Approve(Account.Iban, "bert", Noon).Facts());

    [Fact]
    public void takes_a_second_person_who_names_the_account_again()
    {
        Proposed.Current.ShouldBeNull();
        Proposed.Approve(Account.Iban, "anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Reject("anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Approve("AT611904300234573201", "bert", Noon).Refusal().ShouldBe("bank-account-differs");
        Proposed.Approve(Account.Iban, "bert", Noon).Facts().ShouldBe([new BankAccountChanged(Grocery, Account, "anna", "bert", Noon)]);
    }

    [Fact]
    public void changes_nothing_when_it_is_repeated()
    {
        Proposed.Propose(Grocery, Account, "anna", Noon).Facts().ShouldBeEmpty();
        Changed.Propose(Grocery, Account, "anna", Noon).Facts().ShouldBeEmpty();
        Changed.Approve(Account.Iban, "bert", Noon).Facts().ShouldBeEmpty();
        var rejected = Proposed.Fold(Proposed.Reject("bert", Noon).Facts());
        rejected.Reject("bert", Noon).Facts().ShouldBeEmpty();
        rejected.Approve(Account.Iban, "bert", Noon).Refusal().ShouldBe("bank-account-not-proposed");
    }

    [Fact]
    public void lets_nobody_swap_a_proposal_that_somebody_is_checking()
    {
        var other = Account with { Iban = "AT611904300234573201" };
        Proposed.Propose(Grocery, other, "anna", Noon).Refusal().ShouldBe("bank-account-pending");
        Changed.Propose(Grocery, other, "anna", Noon).Facts().Count.ShouldBe(1);
    }
}
