using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ForfeitingPoints
{
    [Fact]
    public void lets_them_fall_to_their_issuers()
    {
        var account = Anna.Accrued("p1", 10).Accrued("p2", 5, partner: Fuel);

        var facts = account.CloseOnRequest("moved-away", Noon).Facts();

        facts.Select(f => f.GetType()).ShouldBe([typeof(PointsExpired), typeof(AccountClosed)]);
        var postings = facts.SelectMany(f => Postings.Of(account.Id, f)).ToLookup(p => p.LedgerAccount.ToString(), p => p.Amount);
        (postings[$"breakage/{Grocery}"].Sum(), postings[$"breakage/{Fuel}"].Sum()).ShouldBe((10, 5));
        account.Fold(facts).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void takes_pending_points_too_and_writes_what_expired_before_as_expired_then()
    {
        var account = Anna.Accrued("p1", 10, Noon.AddDays(1)).Bought("p2", 5, Under(Programme with { Activation = new(Days: 30) }));

        var facts = account.CloseOnRequest("moved-away", Noon.AddDays(2)).Facts();

        facts.OfType<PointsExpired>().Select(e => (e.Points, e.OccurredAt)).ShouldBe([(P(10), Noon.AddDays(1)), (P(5), Noon.AddDays(2))]);
    }

    [Fact]
    public void waits_for_open_reservations_unless_the_member_is_gone()
    {
        var account = Anna.Accrued("p1", 10).Reserved("h1", 4);

        account.CloseOnRequest("moved-away", Noon).ShouldBeRefused("reservations-open");
        var closed = account.After(account.Close("erased", Noon, Noon));

        (closed.Closed, closed.Reservations.IsEmpty, closed.Lots.IsEmpty).ShouldBe((true, true, true));
    }

    [Fact]
    public void pays_a_debt_with_what_was_set_aside()
    {
        var facts = (Anna.Accrued("p1", 10).Reserved("h1", 10) with { Debt = P(3) }).Close("erased", Noon, Noon).Facts();
        facts.Select(f => f.GetType()).ShouldBe([typeof(ReservationTimedOut), typeof(DebtRepaid), typeof(PointsExpired), typeof(AccountClosed)]);
        facts.OfType<PointsExpired>().Single().Points.ShouldBe(P(7));
    }

    [Fact]
    public void happens_once()
    {
        var closed = Anna.After(Anna.CloseOnRequest("moved-away", Noon));
        closed.CloseOnRequest("moved-away", Noon).Facts().ShouldBeEmpty();
        closed.Close("erased", Noon, Noon).Facts().ShouldBeEmpty();
    }
}
