using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class LookingBackAtAccounts
{
    private static readonly Arbitrary<int[]> Sequences = Arb.From(Gen.Choose(0, 99_999).ArrayOf());

    [Fact]
    public void leaves_out_what_was_not_known_yet()
    {
        var stream = new Stream().Buy("b1", 100, at: 0).Buy("late", 40, at: 1, known: 50).Redeem("r1", 30, at: 60);

        stream.Seen(known: 49).Balance(Noon).ShouldBe(P(100));
        stream.Seen(known: 50).Balance(Noon).ShouldBe(P(140));
        stream.Seen(known: 60).Balance(Noon).ShouldBe(P(110));
        stream.Seen(known: -1).Lots.ShouldBeEmpty();
    }

    [Fact]
    public void leaves_out_what_had_not_happened_yet()
    {
        var stream = new Stream().Buy("b1", 100, at: 0).Buy("late", 40, at: 1, known: 50).Redeem("r1", 30, at: 60);

        stream.Seen(effective: 0).Balance(Noon).ShouldBe(P(100));
        stream.Seen(effective: 1).Balance(Noon).ShouldBe(P(140));
        stream.Seen(effective: 1, known: 49).Balance(Noon).ShouldBe(P(100));
        stream.Seen(effective: 59).Lots.Select(l => l.Remaining).ShouldBe([P(100), P(40)]);
        stream.Seen(effective: 60).Lots.Select(l => l.Remaining).ShouldBe([P(70), P(40)]);
    }

    [Fact]
    public void brings_back_a_lot_that_was_drained_later()
    {
        var stream = new Stream().Buy("b1", 100, at: 0).Redeem("r1", 100, at: 10);

        stream.Seen().Lots.ShouldBeEmpty();
        var lot = stream.Seen(effective: 9).Lots.ShouldHaveSingleItem();
        (lot.From.Purchase.Value, lot.From.Issuer, lot.Remaining, lot.Reserved).ShouldBe(("b1", Grocery, P(100), P(0)));
    }

    [Fact]
    public void shows_a_lot_below_zero_where_a_till_spent_before_another_ones_clock_let_it_earn()
    {
        var stream = new Stream().Buy("ahead", 100, at: 5, known: 0).Redeem("r1", 30, at: 1);

        var then = stream.Seen(effective: 1);
        then.Balance(Noon).ShouldBe(P(-30));
        then.Lots.ShouldHaveSingleItem().Remaining.ShouldBe(P(-30));
        stream.Seen(effective: 5).Balance(Noon).ShouldBe(P(70));
    }

    [Fact]
    public void knows_what_was_set_aside_and_owed()
    {
        var stream = new Stream().Buy("b1", 100, at: 0).Reserve("h1", 60, at: 10).Return("b1", 80, at: 20).Capture("h1", 50, at: 30);

        stream.Books(effective: 9).ShouldBe((100, 0, 0));
        stream.Books(effective: 10).ShouldBe((40, 60, 0));
        stream.Books(effective: 20).ShouldBe((0, 60, 40));
        stream.Books(effective: 30).ShouldBe((0, 0, 30));
        stream.Books(known: 20).ShouldBe((0, 60, 40));
    }

    [Fact]
    public void sees_the_present_where_nothing_is_left_out()
    {
        var stream = new Stream().Buy("b1", 100, at: 0).Reserve("h1", 60, at: 10).Return("b1", 80, at: 20);
        stream.Seen().Stored().ShouldBe(stream.Account.Stored());
        stream.Seen(effective: 20, known: 20).Stored().ShouldBe(stream.Account.Stored());
    }

    [Fact]
    public void agrees_with_the_double_entry_of_what_is_left_in_on_both_axes() => Prop
        .ForAll(Sequences, numbers =>
        {
            var stream = Stream.Of(numbers);
            foreach (var number in numbers.Append(0))
            {
                var (effective, known) = (number % 70 - 5, number / 70 % 70 - 5);
                stream.Books(effective, known).ShouldBe(stream.Posted(effective, known));
            }
        })
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(200).WithEndSize(60));

    /// <summary>An account's facts, each with the minutes after noon at which it happened and was recorded.</summary>
    private sealed record Stream
    {
        private ImmutableList<IAccountFact> Facts { get; init; } =
            [new AccountOpened(new MemberId(AnnasAccount.Value), Minute(-1), Minute(-1)), new CardLinked(AnnasCardId, AnnasCard, 3, Minute(-1), Minute(-1))];

        public Account Account => Account.Initial(AnnasAccount.Value).Fold(Facts);

        // One fact a minute by the ledger's clock; the clocks of tills are up to twenty minutes off.
        public static Stream Of(int[] numbers)
        {
            var stream = new Stream();
            for (var i = 0; i < numbers.Length; i++)
            {
                var (number, id, at) = (numbers[i] / 8, FormattableString.Invariant($"t{i}"), i + (numbers[i] / 100 % 40) - 20);
                stream = (numbers[i] % 8) switch
                {
                    0 or 1 or 2 => stream.Buy(id, number % 100, at, i),
                    3 => stream.Redeem(id, 1 + (number % 120), at, i),
                    4 => stream.Reserve(id, 1 + (number % 50), at, i),
                    5 when stream.Account.Reservations is [var open, ..] => stream.Capture(open.Id.Value, 1 + (number % (int)open.Held().Value), at, i),
                    6 when stream.Any<PointsAccrued>(number) is { } bought => stream.Return(bought.Transaction.Id.Value, 1 + (number % 30), at, i),
                    7 when stream.Any<PointsRedeemed>(number) is { } spent => stream.Undo(spent, id, at, i),
                    _ => stream,
                };
            }

            return stream;
        }

        public Stream Buy(string id, long points, int at, int? known = null) => After(a => a.Accrue(By(id, at, known), Store, AnnasCard, Eur(points), OnePerEuro));

        public Stream Redeem(string id, long points, int at, int? known = null) => After(a => a.Redeem(By(id, at, known), Store, AnnasCard, P(points), 1));

        public Stream Reserve(string id, long points, int at, int? known = null) => After(a => a.Reserve(By(id, at, known), Store, AnnasCard, P(points), 1));

        public Stream Capture(string reservation, long points, int at, int? known = null) =>
            After(a => a.Capture(By("capture-of-" + reservation, at, known), TransactionId.From(reservation), P(points)));

        public Stream Return(string purchase, long amount, int at, int? known = null) => After(a => a.Return(
            By("return-of-" + purchase, at, known), Purchase.From([.. Facts.Where(f => f is PointsAccrued b && b.Transaction.Id.Value == purchase),
                .. Facts.Where(f => f is PurchaseReversed r && r.Purchase.Value == purchase)]), Eur(amount)));

        public Account Seen(int? effective = null, int? known = null)
        {
            var hindsight = new Hindsight(Account.Initial(AnnasAccount.Value), Minute(effective), Minute(known));
            return Facts.TakeWhile(hindsight.Knows).Aggregate(hindsight, (seen, fact) => seen.When(fact)).Then();
        }

        public (long Free, long Reserved, long Debt) Books(int? effective = null, int? known = null)
        {
            var then = Seen(effective, known);
            return (then.Lots.Sum(l => l.Free()).Value, then.Reserved().Value, then.Debt.Value);
        }

        public (long Free, long Reserved, long Debt) Posted(int effective, int known)
        {
            var books = Facts.Where(f => f.Times().OccurredAt <= Minute(effective) && f.Times().RecordedAt <= Minute(known))
                .SelectMany(f => Postings.Of(AnnasAccount, f)).ToLookup(p => p.LedgerAccount.Split('/')[0], p => p.Amount);
            return (books["member"].Sum(), books["reserved"].Sum(), -books["debt"].Sum());
        }

        private Stream Undo(PointsRedeemed spent, string id, int at, int known) =>
            After(a => a.Reverse(By(id, at, known), new Redemption(spent, Facts.OfType<RedemptionReversed>().Any(r => r.Redemption == spent.Transaction.Id))));

        private TFact? Any<TFact>(int number) where TFact : class, IAccountFact =>
            Facts.OfType<TFact>().ToList() is { Count: > 0 } all ? all[number % all.Count] : null;

        private Stream After(Func<Account, Decision<IAccountFact>> decide) =>
            decide(Account) is Decision<IAccountFact>.Accepted accepted ? this with { Facts = Facts.AddRange(accepted.Events) } : this;

        private static Transaction By(string id, int at, int? known) => new(Grocery, TransactionId.From(id), Minute(at), Minute(known ?? at));

        private static DateTimeOffset Minute(int minute) => Noon.AddMinutes(minute);

        private static DateTimeOffset? Minute(int? minute) => minute is { } m ? Minute(m) : null;
    }
}
