using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Integration;
using Loyalty.PointsLedger.Storage;
using Shouldly;
using Xunit;
using Contract = Loyalty.Contracts.PointsLedger.V1;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>What must hold after any commands in any order. A sequence is a list of numbers, each of which spells one command.</summary>
public class AnySequenceOfCommands
{
    private static readonly Arbitrary<int[]> Sequences = Arb.From(Gen.Choose(0, 999_999).ArrayOf(), Shorter);

    [Fact]
    public void leaves_no_lot_negative_and_reserves_no_more_than_there_is() => Check(run => run.EachStep(account =>
    {
        account.Lots.ShouldAllBe(lot => lot.Remaining > P(0) && lot.Reserved >= P(0) && lot.Reserved <= lot.Remaining);
        account.Lots.Select(lot => lot.From.Lot).ShouldBeInOrder(SortDirection.Ascending);
        account.Debt.ShouldBeGreaterThanOrEqualTo(P(0));
        account.Reserved().ShouldBe(account.Reservations.Sum(r => r.Held()));
    }));

    [Fact]
    public void keeps_the_balance_equal_to_live_lots_less_reservations() => Check(run => run.EachStep(account =>
        account.Balance(run.Now).ShouldBe(
            account.Lots.Where(lot => lot.From.ExpiresAt is null || lot.From.ExpiresAt > run.Now).Sum(lot => lot.Remaining) -
            account.Reservations.SelectMany(r => r.Draws).Where(d => d.From.ExpiresAt is null || d.From.ExpiresAt > run.Now).Sum(d => d.Points))));

    [Fact]
    public void agrees_with_its_own_double_entry() => Check(run =>
    {
        var books = run.Facts.SelectMany(fact => Postings.Of(AnnasAccount, fact)).ToLookup(p => p.LedgerAccount.ToString(), p => p.Amount);
        books.Sum(amounts => amounts.Sum()).ShouldBe(0);
        books[$"member/{AnnasAccount}"].Sum().ShouldBe(run.Account.Lots.Sum(lot => lot.Free()).Value);
        books[$"reserved/{AnnasAccount}"].Sum().ShouldBe(run.Account.Reserved().Value);
        books[$"debt/{AnnasAccount}"].Sum().ShouldBe(-run.Account.Debt.Value);
    });

    [Fact]
    public void folds_to_the_same_state_at_once_as_step_by_step() => Check(run =>
        Given.Anna.Fold(run.Facts).Stored().ShouldBe(run.Account.Stored()));

    [Fact]
    public void survives_being_stored_at_any_step() => Check(run => run.EachStep(account =>
        JsonSerializer.Deserialize<Account>(account.Stored())!.Stored().ShouldBe(account.Stored())));

    [Fact]
    public void survives_being_kept_in_memory_at_any_step() => Check(run => run.EachStep(account =>
        AccountImage.Of(new(account.Id.Value, account, 1)).Open(account.Id.Value).State.Stored().ShouldBe(account.Stored())));

    [Fact]
    public void spends_no_more_than_was_ever_accrued() => Check(run =>
    {
        var accrued = run.Facts.OfType<PointsAccrued>().Sum(f => f.Points);
        var spent = run.Facts.OfType<PointsRedeemed>().Sum(f => f.Points) - run.Facts.OfType<RedemptionReversed>().Sum(f => f.Points);
        spent.ShouldBeLessThanOrEqualTo(accrued);
        spent.ShouldBeGreaterThanOrEqualTo(P(0));
    });

    [Fact]
    public void returns_no_more_than_was_bought_and_leaves_the_points_of_what_was_kept() => Check(run =>
    {
        foreach (var purchase in run.Purchases.Values.Select(Purchase.From))
        {
            purchase.Kept.Minor.ShouldBeGreaterThanOrEqualTo(0);
            purchase.Points.ShouldBe(purchase.Terms.Rate(purchase.Kept)!.Value);
        }
    });

    [Fact]
    public void tells_others_what_every_issuer_still_owes_of_each_purchase() => Check(run =>
    {
        var told = run.Facts.SelectMany(fact => Moved(PublishedEvents.Map(new(1, Guid.NewGuid(), AnnasAccount.Value, 1, "any", fact, Noon, "test", null))))
            .GroupBy(m => m.Of, m => m.Points).Select(m => (m.Key, Points: m.Sum())).Where(m => m.Points != 0);
        var held = run.Account.Lots.GroupBy(lot => (lot.From.Issuer.Value, lot.From.AccruedAt)).Select(g => (g.Key, Points: g.Sum(lot => lot.Remaining).Value));
        told.ShouldBe(held, ignoreOrder: true);
    });

    private static IEnumerable<((Guid Issuer, DateTimeOffset? AccruedAt) Of, long Points)> Moved(object? told) => told switch
    {
        Contract.PurchaseAccrued e => [((e.PartnerId, e.OccurredAt), e.Points)],
        Contract.PurchaseReversed e => [((e.PartnerId, e.PurchasedAt), e.Debt + e.Lapsed - e.Points)],
        Contract.PointsRedeemed e => Drawn(e.Draws, -1),
        Contract.RedemptionReversed e => Drawn(e.Draws, 1),
        Contract.PointsExpired e => Drawn(e.Draws, -1),
        Contract.DebtRepaid e => Drawn(e.Draws, -1),
        _ => [],
    };

    private static IEnumerable<((Guid Issuer, DateTimeOffset? AccruedAt) Of, long Points)> Drawn(IEnumerable<Contract.Draw> draws, int sign) =>
        draws.Select(d => ((d.IssuerId, d.AccruedAt), sign * d.Points));

    private static void Check(Action<Run> property) => Prop
        .ForAll(Sequences, sequence => property(Run.Of(sequence)))
        .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300).WithEndSize(120));

    private static IEnumerable<int[]> Shorter(int[] sequence) =>
        new[] { 2, 1 }.SelectMany(part => part == 2 && sequence.Length > 3
            ? [sequence[..(sequence.Length / 2)], sequence[(sequence.Length / 2)..]]
            : Enumerable.Range(0, sequence.Length).Select(i => sequence.Where((_, n) => n != i).ToArray()));

    /// <summary>A sequence carried out, with everything that happened.</summary>
    private sealed class Run
    {
        private readonly List<Account> states = [];
        private int steps;

        public Account Account { get; private set; } = Given.Anna;

        public List<IAccountFact> Facts { get; } = [];

        public Dictionary<TransactionId, List<object>> Purchases { get; } = [];

        public DateTimeOffset Now => Noon.AddHours(steps);

        private Dictionary<TransactionId, List<object>> Redemptions { get; } = [];

        private List<TransactionId> Holds { get; } = [];

        public static Run Of(int[] sequence)
        {
            var run = new Run();
            foreach (var number in sequence) run.Step(number % 10, number / 10);
            return run;
        }

        public void EachStep(Action<Account> property) => states.ForEach(property);

        private void Step(int command, int number)
        {
            steps++;
            var id = By(number % 2 == 0 ? Grocery : Fuel, $"t{steps}", Now);
            var decision = command switch
            {
                0 or 1 or 2 => Account.Accrue(id, Store, AnnasCard, Eur(number / 100m), OnePerEuro with { PointsPerUnit = 1 + (number % 3 * 0.25m) }),
                3 => Account.Redeem(id, Store, AnnasCard, P(1 + (number % 500)), 1),
                4 => Account.Reserve(id with { Partner = Fuel }, Store, AnnasCard, P(1 + (number % 300)), 1),
                5 when Pick(Holds, number) is var hold => Account.Capture(id with { Partner = Fuel }, hold, number % 4 == 0 ? null : P(1 + (number % 200))),
                6 when Pick(Holds, number) is var hold => Account.Release(id with { Partner = Fuel }, hold),
                7 when Bought(number) is { } bought => Account.Return(id with { Partner = bought.Fact.Transaction.Partner }, bought, Eur(1 + (number % 900 / 10m))),
                8 when Bought(number) is { } bought => Account.Reverse(id with { Partner = bought.Fact.Transaction.Partner }, bought),
                9 when Redemptions.Count > 0 => Account.Reverse(id, Redemption.From(Pick([.. Redemptions.Values], number)!)),
                _ => Decision<IAccountFact>.Accept(),
            };
            if (decision is Decision<IAccountFact>.Accepted accepted)
                foreach (var fact in accepted.Events) Happen(fact is PointsAccrued e && number % 5 == 0 ? e with { ExpiresAt = Now.AddHours(number % 40) } : fact);
            states.Add(Account);
        }

        private Purchase? Bought(int number) => Purchases.Count == 0 ? null : Purchase.From(Pick([.. Purchases.Values], number)!);

        private void Happen(IAccountFact fact)
        {
            Facts.Add(fact);
            Account = Account.When(fact);
            if (fact is PointsAccrued p) Purchases[p.Transaction.Id] = [p];
            if (fact is PurchaseReversed v) Purchases[v.Purchase].Add(v);
            if (fact is PointsRedeemed r) Redemptions[r.Transaction.Id] = [r];
            if (fact is RedemptionReversed u) Redemptions[u.Redemption].Add(u);
            if (fact is PointsReserved h) Holds.Add(h.Transaction.Id);
        }

        private static T? Pick<T>(List<T> from, int number) => from.Count == 0 ? default : from[number % from.Count];
    }
}
