using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Payments;

public sealed class PayingCycles
{
    private static readonly PartnerId Fuel = Partner.IdOf("FUEL");
    private static readonly PartnerId Idle = Partner.IdOf("IDLE");
    private static readonly Cycle March = CalendarTimeline.Usual.At(Noon);
    private static readonly BankAccount Account = new("DE89370400440532013000", null, "Somebody");

    private static readonly PaymentParties Parties = new(
        Account with { Holder = "Coalition" }, new Dictionary<PartnerId, BankAccount> { [Grocery] = Account, [Fuel] = Account },
        new Dictionary<PartnerId, string> { [Grocery] = "GROCERY", [Fuel] = "FUEL" });

    // Grocery pays 10.00, Fuel gets 2.50, and of Idle there is nothing to pay.
    private static readonly CycleClosed Closed = CycleClosed.Of(March, 7, [Position(Grocery, -1000), Position(Fuel, 250), Position(Idle, 0)]);
    private static readonly CyclePayments None = CyclePayments.Initial(CyclePayments.StreamOf(March.Id));
    private static readonly CyclePayments Proposed = None.Fold(None.Propose(Closed, null, Parties, "anna", Noon).Facts());
    private static readonly CyclePayments Instructed = Proposed.Fold(Proposed.Approve(Closed, Parties, "bert", Noon).Facts());
    private static readonly string Collect = Instructed.Order!.Instructions.Single(i => i.Partner == Grocery).EndToEndId;
    private static readonly string Pay = Instructed.Order!.Instructions.Single(i => i.Partner == Fuel).EndToEndId;

    [Fact]
    public void instructs_one_payment_for_each_position_that_is_not_zero()
    {
        Instructed.Order!.Instructions.Select(i => (i.Partner, i.Direction, i.Amount)).ShouldBe(
            [(Grocery, PaymentDirection.Collect, 1000L), (Fuel, PaymentDirection.Pay, 250L)], ignoreOrder: true);
        Instructed.Order.Instructions.ShouldAllBe(i => i.EndToEndId.Length <= 35 && i.EndToEndId.StartsWith("2026-03.EUR.", StringComparison.Ordinal));
        Proposed.Order!.Pays(None.Fold(None.Propose(Closed, null, Parties, "anna", Noon).Facts()).Order!).ShouldBeTrue();
        PaymentOrder.CycleOf(Pay).ShouldBe("2026-03");
        // The fourteenth is a Saturday.
        Instructed.Order.ValueDate.ShouldBe(new DateOnly(2026, 3, 16));
    }

    [Fact]
    public void takes_two_people_and_happens_once()
    {
        Proposed.Approve(Closed, Parties, "anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Reject("anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Propose(Closed, null, Parties, "carl", Noon).Facts().ShouldBeEmpty();
        Instructed.Propose(Closed, null, Parties, "anna", Noon).Facts().ShouldBeEmpty();
        Instructed.Approve(Closed, Parties, "bert", Noon).Facts().ShouldBeEmpty();
        Instructed.Approve(Closed, Parties, "carl", Noon).Refusal().ShouldBe("payments-decided");
        Instructed.Reject("bert", Noon).Refusal().ShouldBe("payments-decided");
        var rejected = Proposed.Fold(Proposed.Reject("bert", Noon).Facts());
        rejected.Reject("bert", Noon).Facts().ShouldBeEmpty();
        rejected.Propose(Closed, null, Parties, "anna", Noon).Facts().Count.ShouldBe(1);
    }

    [Fact]
    public void refuses_what_can_not_be_paid()
    {
        None.Propose(null, null, Parties, "anna", Noon).Refusal().ShouldBe("cycle-not-closed");
        None.Propose(Closed, new(2026, 3, 13), Parties, "anna", Noon).Refusal().ShouldBe("value-date-not-allowed");
        Proposed.Propose(Closed, new(2026, 3, 20), Parties, "anna", Noon).Refusal().ShouldBe("payments-differ");
        var (_, refusal) = PaymentOrder.Of(Closed, null, Parties with { Accounts = new Dictionary<PartnerId, BankAccount> { [Grocery] = Account } }, Noon);
        refusal!.Code.ShouldBe("bank-account-missing");
        refusal.Detail.ShouldContain("FUEL");
        refusal.Detail.ShouldNotContain("GROCERY");
        None.Propose(Closed, null, Parties with { Coalition = null }, "anna", Noon).Refusal().ShouldBe("bank-account-missing");
    }

    [Fact]
    public void does_not_pay_to_an_account_that_was_changed_while_it_was_decided()
    {
        var moved = Parties with { Accounts = new Dictionary<PartnerId, BankAccount>(Parties.Accounts) { [Fuel] = Account with { Iban = "AT611904300234573201" } } };
        Proposed.Approve(Closed, moved, "bert", Noon).Refusal().ShouldBe("payments-outdated");
    }

    [Fact]
    public void is_settled_when_all_is_paid_in_full()
    {
        var half = Confirm(Instructed, Collect, 400, "B-1");
        half.Paid(Collect).ShouldBe(400);
        var most = Confirm(half, Collect, 600, "B-2");
        most.SettledAt.ShouldBeNull();
        most.Confirm(Pay, Booking(250, "B-3"), "anna", Noon).Facts().Select(f => f.GetType()).ShouldBe([typeof(PaymentConfirmed), typeof(CycleSettled)]);
        Confirm(most, Pay, 250, "B-3").SettledAt.ShouldBe(Noon);
        most.Confirmations.Sum(c => c.OnAccount()).ShouldBe(1000);
        Confirm(most, Pay, 250, "B-3").Confirmations.Sum(c => c.OnAccount()).ShouldBe(750);
    }

    [Fact]
    public void takes_each_booking_once_and_no_more_than_is_left()
    {
        var half = Confirm(Instructed, Collect, 400, "B-1");
        half.Confirm(Collect, Booking(400, "B-1"), "anna", Noon).Facts().ShouldBeEmpty();
        half.Confirm(Collect, Booking(401, "B-1"), "anna", Noon).Refusal().ShouldBe("bank-reference-used");
        half.Confirm(Pay, Booking(250, "B-1"), "anna", Noon).Refusal().ShouldBe("bank-reference-used");
        half.Confirm(Collect, Booking(601, "B-2"), "anna", Noon).Refusal().ShouldBe("overpaid");
        half.Confirm("2026-03.EUR.0", Booking(1, "B-2"), "anna", Noon).Refusal().ShouldBe("payment-unknown");
        half.Confirm(Collect, Booking(1, "B-2") with { Amount = new(1, Currency.From("USD")) }, "anna", Noon).Refusal().ShouldBe("currency-differs");
        half.Confirm(Collect, Booking(1, "B-2") with { BookedAt = Noon.AddDays(2) }, "anna", Noon).Refusal().ShouldBe("booked-at-not-allowed");
        Proposed.Confirm(Collect, Booking(1, "B-1"), "anna", Noon).Refusal().ShouldBe("payments-not-instructed");
    }

    [Fact]
    public void settles_a_cycle_in_which_nobody_owes_anything_at_once()
    {
        var nothing = CycleClosed.Of(March, 7, [Position(Idle, 0)]);
        var proposed = None.Fold(None.Propose(nothing, null, Parties, "anna", Noon).Facts());
        proposed.Fold(proposed.Approve(nothing, Parties, "bert", Noon).Facts()).SettledAt.ShouldBe(Noon);
    }

    private static CyclePayments Confirm(CyclePayments payments, string payment, long amount, string reference) =>
        payments.Fold(payments.Confirm(payment, Booking(amount, reference), "anna", Noon).Facts());

    private static Booking Booking(long amount, string reference) => new(new(amount, Euro), Noon, reference);

    private static StatementInput Position(PartnerId partner, long net) => new(
        partner, Euro, 0, [(new(March.Id, net < 0 ? PostingKind.Issue : PostingKind.Acceptance, 1, 0.01m), new(0.01m, new(Math.Abs(net)), 1, 0))], null);
}
