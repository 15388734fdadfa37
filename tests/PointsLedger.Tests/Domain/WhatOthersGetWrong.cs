using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.GivenRules;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>What members and shops complain of elsewhere, complaint by complaint, each with the shortest story that would show it.</summary>
public class WhatOthersGetWrong
{
    private static readonly Rules Doubled = Under(Programme, Times("double", 2));

    [Fact]
    public void refunds_do_not_keep_the_points()
    {
        var bought = Anna.Buy("p1", 10, Doubled).Facts();
        var account = Anna.Fold(bought);
        account.Balance().ShouldBe(P(20));

        account.After(account.Return(By(Grocery, "t1"), Purchase.From(bought), Eur(4), programme: Programme)).Balance().ShouldBe(P(12));
        account.After(account.Return(By(Grocery, "t1"), Purchase.From(bought), Eur(10), programme: Programme)).Balance().ShouldBe(P(0));
        account.After(account.Reverse(By(Grocery, "v1"), Purchase.From(bought), Programme)).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void receipts_that_come_late_do_not_make_two_thirds_or_none()
    {
        var rules = Under(
            Programme, Bonus("third", 30).If(w => w with { Nth = new(3, Every: true) }), Bonus("welcome", 100).If(w => w with { NewAtPartner = true }));
        foreach (var order in Orders([0, 1, 2, 3, 4, 5]))
        {
            var (account, granted) = (Anna, new List<string>());
            foreach (var hour in order)
            {
                var late = By(Grocery, $"p{hour}", Noon.AddHours(hour)) with { RecordedAt = Noon.AddDays(1) };
                var facts = account.Accrue(late, Store, AnnasCard, Eur(1), OnePerEuro, rules: rules).Facts();
                granted.AddRange((facts.OfType<PointsAccrued>().Single().Awards ?? []).Select(a => a.Offer));
                account = account.Fold(facts);
            }

            granted.ShouldBe(["welcome", "third", "third"], $"recorded in the order {string.Join(", ", order)}");
        }

        static IEnumerable<int[]> Orders(int[] left) =>
            left.Length == 0 ? [[]] : left.SelectMany(first => Orders([.. left.Where(n => n != first)]).Select(rest => (int[])[first, .. rest]));
    }

    [Fact]
    public void refunds_do_not_keep_the_points_of_a_purchase_that_cost_nothing()
    {
        var welcome = Under(Programme, Bonus("welcome", 100).If(w => w with { NewAtPartner = true }));
        var bought = Anna.Buy("p1", 0, welcome).Facts();
        var account = Anna.Fold(bought);
        account.Balance().ShouldBe(P(100));

        account = account.After(account.Reverse(By(Grocery, "v1"), Purchase.From(bought), Programme));

        (account.Balance(), account.Lots.Length).ShouldBe((P(0), 0));
    }

    [Fact]
    public void refunds_do_not_take_the_points_twice()
    {
        var bought = Anna.Buy("p1", 10, Doubled).Facts();
        var account = Anna.Fold(bought).Bought("p2", 50, Under(Programme));

        var part = account.Return(By(Grocery, "t1"), Purchase.From(bought), Eur(4), programme: Programme).Only<PurchaseReversed>();
        account = account.When(part);
        var rest = account.Reverse(By(Grocery, "v1"), Purchase.From([.. bought, part]), Programme).Only<PurchaseReversed>();
        account = account.When(rest);

        (part.Taken() + rest.Taken(), account.Balance(), account.Debt).ShouldBe((P(20), P(50), P(0)));
        var gone = Purchase.From([.. bought, part, rest]);
        account.Reverse(By(Grocery, "v2"), gone, Programme).ShouldBeRefused("purchase-reversed");
        account.Return(By(Grocery, "t2"), gone, Eur(0.01m), programme: Programme).ShouldBeRefused("purchase-reversed");
    }

    [Fact]
    public void refunds_do_not_take_the_points_twice_that_expiry_has_taken_already()
    {
        var expiring = Programme with { Expiry = new(ExpiryKind.Rolling, 1) };
        var bought = Anna.Buy("p1", 10, Under(expiring)).Facts();
        var lapsed = Anna.Fold(bought).Lapse(Noon.AddMonths(2), expiring);
        var account = Anna.Fold([.. bought, .. lapsed]).Bought("p2", 50, Under(expiring), Noon.AddMonths(2));

        var reversed = account.Reverse(By(Grocery, "v1", Noon.AddMonths(2)), Purchase.From([.. bought, .. lapsed]), expiring).Only<PurchaseReversed>();

        (reversed.Taken(), reversed.Lapsed, reversed.Owed()).ShouldBe((P(10), P(10), P(0)));
        account.When(reversed).Balance(Noon.AddMonths(2)).ShouldBe(P(50));
    }

    [Fact]
    public void points_are_never_clamped_to_zero_and_lost()
    {
        var bought = Anna.Buy("p1", 10, Under(Programme)).Facts();
        var spent = Anna.Fold(bought).Redeemed("r1", 7);

        var reversed = spent.Reverse(By(Grocery, "v1"), Purchase.From(bought), Programme).Only<PurchaseReversed>();
        var account = spent.When(reversed);

        // Three are taken and seven are owed: nothing of the ten is lost, and the books say so.
        (reversed.Taken(), account.Balance(), account.Debt).ShouldBe((P(10), P(0), P(7)));
        Postings.Of(AnnasAccount, reversed).Where(p => p.LedgerAccount == new LedgerAccount("debt", AnnasAccount.Value)).Sum(p => p.Amount).ShouldBe(-7);
        account = account.Bought("p2", 5, Under(Programme));
        (account.Balance(), account.Debt).ShouldBe((P(0), P(2)));
        account = account.Bought("p3", 5, Under(Programme));
        (account.Balance(), account.Debt).ShouldBe((P(3), P(0)));
    }

    [Fact]
    public void expiry_never_rewrites_history()
    {
        var expiring = Programme with { Expiry = new(ExpiryKind.Rolling, 1) };
        var gone = At("2017-04-01T13:00:00+02:00");
        var facts = Anna.Buy("p1", 10, Under(expiring)).Facts();

        // However late it is written down, it is a fact of its own, as of its own instant; what was accrued stays accrued.
        var lapsed = Anna.Fold(facts).Lapse(gone.AddYears(1), expiring);
        var expired = lapsed.ShouldHaveSingleItem().ShouldBeOfType<PointsExpired>();
        (expired.Points, expired.OccurredAt).ShouldBe((P(10), gone));
        facts.OfType<PointsAccrued>().Single().Points.ShouldBe(P(10));

        Seen(gone.AddTicks(-1)).Balance(gone.AddTicks(-1)).ShouldBe(P(10));
        Seen(gone).Balance(gone).ShouldBe(P(0));

        Account Seen(DateTimeOffset effective) =>
            facts.Concat(lapsed).Aggregate(new Hindsight(Anna, effective, KnownAt: null), (seen, fact) => seen.When(fact)).Then();
    }

    [Fact]
    public void changed_rules_never_touch_points_already_earned()
    {
        var before = Under(Programme with { Expiry = new(ExpiryKind.Rolling, 12) }, Times("double", 2));
        var after = Under(Programme with { Version = 2, Expiry = new(ExpiryKind.Rolling, 1) }, Times("double", 3) with { Version = 2 });
        var bought = Anna.Buy("p1", 10, before).Facts();

        var account = Anna.Fold(bought).Bought("p2", 10, after, Noon.AddDays(1));

        account.Lots.Select(lot => (lot.From.Purchase.Value, lot.From.Offer, lot.Remaining, lot.From.ExpiresAt)).ShouldBe(
        [
            ("p1", null, P(10), Noon.AddMonths(12)), ("p1", "double@1", P(10), Noon.AddMonths(12)),
            ("p2", null, P(10), At("2017-04-02T13:00:00+02:00")), ("p2", "double@2", P(20), At("2017-04-02T13:00:00+02:00")),
        ]);
        account.Lapse(Noon.AddMonths(6), after.Programme).OfType<PointsExpired>().Sum(e => e.Points).ShouldBe(P(30));
        // A return takes back what was granted then, not what would be granted now.
        account.Reverse(By(Grocery, "v1"), Purchase.From(bought), after.Programme).Only<PurchaseReversed>().Taken().ShouldBe(P(20));
    }

    [Fact]
    public void changed_rules_never_touch_what_was_bought_before_they_were_published()
    {
        var published = Times("double", 3) with { PublishedAt = Noon };
        var late = new Transaction(Grocery, TransactionId.From("p1"), Noon.AddTicks(-1), Noon.AddDays(1), Late: true);

        Anna.Accrue(late, Store, AnnasCard, Eur(10), OnePerEuro, null, Under(Programme, published)).Only<PointsAccrued>().Earned().ShouldBe(P(10));
        Anna.Accrue(late with { OccurredAt = Noon }, Store, AnnasCard, Eur(10), OnePerEuro, null, Under(Programme, published)).Only<PointsAccrued>().Earned().ShouldBe(P(30));
    }
}
