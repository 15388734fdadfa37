using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Disputes;

public sealed class CorrectingAccounts
{
    private static readonly Guid Id = Guid.Parse("55555555-5555-4555-8555-555555555555");
    private static readonly CycleId March = CycleId.Of(Cadence.Monthly, new(2026, 3, 1));
    private static readonly Correction None = Correction.Initial(Correction.StreamOf(Id));
    private static readonly Correction Proposed = None.Fold(Propose(None, -500).Facts());

    [Fact]
    public void takes_two_people()
    {
        Proposed.Approve("anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Reject("anna", Noon).Refusal().ShouldBe("same-person");
        Proposed.Approve("bert", Noon).Facts().ShouldBe([new CorrectionPosted(Id, Grocery, Euro, -500, "Paid twice.", null, null, null, "anna", "bert", Noon)]);
        None.Approve("bert", Noon).Refusal().ShouldBe("correction-unknown");
    }

    [Fact]
    public void changes_nothing_when_it_is_repeated()
    {
        var posted = Proposed.Fold(Proposed.Approve("bert", Noon).Facts());
        var rejected = Proposed.Fold(Proposed.Reject("bert", Noon).Facts());
        Propose(posted, -500).Facts().ShouldBeEmpty();
        Propose(posted, -501).Refusal().ShouldBe("correction-differs");
        posted.Approve("bert", Noon).Facts().ShouldBeEmpty();
        posted.Reject("bert", Noon).Refusal().ShouldBe("correction-decided");
        rejected.Reject("bert", Noon).Facts().ShouldBeEmpty();
        rejected.Approve("carl", Noon).Refusal().ShouldBe("correction-decided");
    }

    [Fact]
    public void leaves_the_sum_of_everybody_at_zero() => Check.QuickThrowOnFailure(Prop.ForAll(Accounts().ToArbitrary(), accounts =>
    {
        var inputs = accounts.Select((a, index) => new StatementInput(
            Partner.IdOf($"P{index}"), Euro, a.Forward, [(new(March, PostingKind.Issue, 1, 0.01m), new(0.01m, new(a.Points), 1, 0))], null)
        {
            Payments = [.. a.Payments.Select(p => new StatementPayment("e", March, p, Noon, "b"))],
            Adjustments = [.. a.Corrections.Select(c => new StatementAdjustment(Id, c, "r", null, null, null))],
        });
        foreach (var currency in CycleClosed.Clear(inputs))
        {
            (currency.Netting.Total.Minor, currency.Coalition + currency.Statements.Sum(s => s.Position.Net.Minor)).ShouldBe((0L, 0L));
            currency.Coalition.ShouldBe(accounts.Sum(a => a.Points - a.Corrections.Sum()));
            currency.Statements.Sum(s => s.CarriedForward).ShouldBe(accounts.Sum(a => a.Forward + a.Payments.Sum() + a.Corrections.Sum() - a.Points));
        }
    }));

    private static Gen<List<Account>> Accounts() => (
        from forward in Gen.Choose(-10_000, 10_000)
        from points in Gen.Choose(0, 10_000)
        from payments in Gen.Choose(-10_000, 10_000).ListOf()
        from corrections in Gen.Choose(-10_000, 10_000).ListOf()
        select new Account(forward, points, [.. payments.Select(p => (long)p)], [.. corrections.Select(c => (long)c)])).NonEmptyListOf().Select(a => a.ToList());

    private static Decision<CorrectionFact> Propose(Correction correction, long amount) =>
        correction.Propose(Id, Grocery, new(amount, Euro), "Paid twice.", "anna", Noon);

    private sealed record Account(long Forward, long Points, IReadOnlyList<long> Payments, IReadOnlyList<long> Corrections);
}
