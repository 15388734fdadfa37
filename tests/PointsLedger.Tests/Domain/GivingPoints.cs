using FsCheck;
using FsCheck.Fluent;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;

namespace Loyalty.PointsLedger.Tests.Domain;

public class GivingPoints
{
    private static readonly Guid Gift = Guid.Parse("55555555-5555-4555-8555-555555555555");
    private static readonly ProgrammeRules Generous = Programme with { Transfers = new(P(1000), P(2000)) };
    private static readonly Account Ben = Account.Initial(Guid.Parse("66666666-6666-4666-8666-666666666666")) with { Opened = true };

    [Fact]
    public void draws_the_earliest_expiring_lot_first_and_keeps_where_the_points_come_from()
    {
        var anna = Anna.Accrued("p1", 10).Accrued("p2", 20, Noon.AddDays(9), Fuel);

        var (after, ben) = Move(anna, Ben, 25);

        (after.Balance(), ben.Balance()).ShouldBe((P(5), P(25)));
        ben.Lots.Select(lot => (lot.From.Lot, lot.From.Issuer, lot.From.Purchase.Value, lot.From.ExpiresAt, lot.Remaining))
            .ShouldBe([(1, Fuel, "p2", Noon.AddDays(9), P(20)), (2, Grocery, "p1", null, P(5))]);
        ben.LastLot.ShouldBe(2);
        ben.LapsedTo(Noon.AddDays(9)).Balance(Noon.AddDays(9)).ShouldBe(P(5));
    }

    [Fact]
    public void leaves_what_is_reserved_or_pending()
    {
        var anna = Anna.Accrued("p1", 10).Reserved("h1", 4).Bought("p2", 50, Under(Programme with { Activation = new(Days: 1) }));

        anna.Give(Gift, Ben.Id, P(7), Generous, Noon).ShouldBeRefused("insufficient-points");
        Move(anna, Ben, 6).From.Balance().ShouldBe(P(0));
    }

    [Fact]
    public void is_refused_where_the_programme_has_no_transfers() =>
        Anna.Accrued("p1", 10).Give(Gift, Ben.Id, P(1), Programme, Noon).ShouldBeRefused("transfers-not-allowed");

    [Fact]
    public void goes_up_to_the_most_at_once_and_in_a_month()
    {
        var anna = Anna.Accrued("p1", 10_000);
        anna.Give(Gift, Ben.Id, P(1001), Generous, Noon).ShouldBeRefused("transfer-limit-reached");
        anna = Move(anna, Ben, 1000).From;
        anna = Move(anna, Ben, 999).From;
        anna.Give(Gift, Ben.Id, P(2), Generous, Noon).ShouldBeRefused("transfer-limit-reached");
        anna = Move(anna, Ben, 1).From;
        anna.Give(Gift, Ben.Id, P(1), Generous, Noon).ShouldBeRefused("transfer-limit-reached");
    }

    [Fact]
    public void begins_anew_with_the_month_of_the_programmes_time_zone()
    {
        var anna = Move(Move(Anna.Accrued("p1", 10_000), Ben, 1000).From, Ben, 1000).From;
        var april = new DateTimeOffset(2017, 3, 31, 22, 0, 0, TimeSpan.Zero);

        anna.Give(Gift, Ben.Id, P(1), Generous, april.AddTicks(-1)).ShouldBeRefused("transfer-limit-reached");
        anna.Give(Gift, Ben.Id, P(1000), Generous, april).Only<PointsSent>();
    }

    [Fact]
    public void pays_off_what_the_receiver_owes_first()
    {
        var (_, ben) = Move(Anna.Accrued("p1", 10), Ben with { Debt = P(4) }, 10);
        (ben.Debt, ben.Balance()).ShouldBe((P(0), P(6)));
    }

    [Fact]
    public void leaves_the_giver_in_debt_when_the_purchase_is_returned_later()
    {
        var purchase = Anna.Accrue(By(Grocery, "p1"), Store, AnnasCard, Eur(10), OnePerEuro).Facts();
        var (anna, ben) = Move(Anna.Fold(purchase), Ben, 8);

        anna = anna.After(anna.Return(By(Grocery, "b1"), Purchase.From(purchase), Eur(10)));

        (anna.Debt, anna.Balance(), ben.Balance()).ShouldBe((P(8), P(0), P(8)));
    }

    [Fact]
    public void is_refused_by_closed_accounts_on_either_side()
    {
        var anna = Anna.Accrued("p1", 10);
        (anna with { Closed = true }).Give(Gift, Ben.Id, P(1), Generous, Noon).ShouldBeRefused("account-closed");
        (Ben with { Closed = true }).Receive(anna.Give(Gift, Ben.Id, P(1), Generous, Noon).Only<PointsSent>(), anna.Id).ShouldBeRefused("account-closed");
    }

    [Fact]
    public void in_any_sequence_conserves_the_sum_and_empties_every_transfer() => Prop.ForAll(Arb.From(Gen.Choose(0, 99_999).ArrayOf()), numbers =>
    {
        var people = Enumerable.Range(1, 4).Select(n => Account.Initial(new Guid(n, 0, 0, new byte[8])) with { Opened = true, Cards = Anna.Cards }).ToArray();
        var books = new Dictionary<string, long>(StringComparer.Ordinal);
        var accrued = P(0);
        var at = Noon;
        foreach (var number in numbers)
        {
            at = at.AddMinutes(1);
            var (from, to) = (number % 4, (number + 1 + (number / 4 % 3)) % 4);
            if (number % 5 == 0)
            {
                accrued += P(number / 100);
                Happen(from, people[from].Accrue(By(Grocery, $"p{number}", at), Store, AnnasCard, Eur(number / 100), OnePerEuro));
            }
            else if (people[from].Give(new Guid(number, 1, 0, new byte[8]), people[to].Id, P(1 + (number / 50)), Programme with { Transfers = new(P(10_000), P(long.MaxValue / 2)) }, at)
                is Decision<IAccountFact>.Accepted given)
            {
                Happen(to, people[to].Receive((PointsSent)given.Events[0], people[from].Id));
                Happen(from, given);
            }

            people.Sum(p => p.Lots.Sum(lot => lot.Remaining)).ShouldBe(accrued);
            people.ShouldAllBe(p => p.Lots.All(lot => lot.Remaining > P(0)));
            books.Where(b => b.Key.StartsWith("transfer/", StringComparison.Ordinal)).ShouldAllBe(b => b.Value == 0);
        }

        void Happen(int who, Decision<IAccountFact> decision)
        {
            foreach (var posting in decision.Facts().SelectMany(fact => Postings.Of(people[who].Id, fact)))
                books[posting.LedgerAccount.ToString()] = books.GetValueOrDefault(posting.LedgerAccount.ToString()) + posting.Amount;
            people[who] = people[who].After(decision);
        }
    }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200).WithEndSize(100));

    private static (Account From, Account To) Move(Account from, Account to, long points)
    {
        var given = from.Give(Gift, to.Id, P(points), Generous, Noon);
        return (from.After(given), to.After(to.Receive(given.Facts().OfType<PointsSent>().Single(), from.Id)));
    }
}
