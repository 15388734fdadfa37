using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain.Clearing;

public sealed class DrawingUpStatements
{
    private static readonly CycleId March = CycleId.Of(Cadence.Monthly, new(2026, 3, 1));

    [Fact]
    public void multiplies_points_and_price_and_rounds_each_line_once_halves_to_even()
    {
        var statement = Statement(Line(PostingKind.Issue, 0.005m, 3), Line(PostingKind.Issue, 0.015m, 1), Line(PostingKind.Acceptance, 0.005m, 5), Line(PostingKind.PrepaidIssue, 0.01m, 100));
        statement.Lines.ToDictionary(l => l.Id, l => l.Amount).ShouldBe(new Dictionary<string, long>
        {
            ["2026-03.issue.v1.0.005"] = -2, ["2026-03.issue.v1.0.015"] = -2, ["2026-03.acceptance.v1.0.005"] = 2, ["2026-03.prepaid-issue.v1.0.01"] = 0,
        }, ignoreOrder: true);
        (statement.Position.Owes.Minor, statement.Position.Owed.Minor, statement.CarriedForward).ShouldBe((4, 2, -2));
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(100, true)]
    public void charges_fees_and_what_is_missing_to_the_minimum_and_taxes_what_is_charged(int minimum, bool missing)
    {
        var terms = Commercial.Usual with { FeePerTransaction = new(5, Euro), FeePerCycle = new(1000, Euro), MinimumPerCycle = new(minimum * 100, Euro), Vat = new(20, "VAT 20 %") };
        var statement = Input(terms, 700, Line(PostingKind.Issue, 0.01m, 4000, transactions: 30), Line(PostingKind.Acceptance, 0.008m, 1000, transactions: 2), Line(PostingKind.Funding, 0.01m, 9, 9)).Statement();

        // Issued 40.00, funded 0.09, 32 transactions 1.60, a cycle 10.00: 51.69.
        statement.Charges.Select(c => (c.Kind, c.Amount)).ShouldBe(missing
            ? [(ChargeKind.FeePerTransaction, -160L), (ChargeKind.FeePerCycle, -1000L), (ChargeKind.Minimum, -4831L), (ChargeKind.Tax, -2000L)]
            : [(ChargeKind.FeePerTransaction, -160L), (ChargeKind.FeePerCycle, -1000L), (ChargeKind.Tax, -1034L)]);
        statement.CarriedForward.ShouldBe(700 + 800 - (missing ? 12000 : 5169 + 1034));
        statement.LinesBehind("fee-per-transaction")!.Count.ShouldBe(2);
        statement.LinesBehind("fee-per-cycle").ShouldBeEmpty();
        statement.LinesBehind("no-such-line").ShouldBeNull();
    }

    [Fact]
    public void says_nothing_of_a_partner_of_whom_there_is_nothing_to_say() =>
        CycleClosed.Clear([Input(Commercial.Usual with { FeePerTransaction = new(5, Euro), Vat = new(20, "VAT") }, 0)]).ShouldBeEmpty();

    [Fact]
    public void is_read_only_if_it_adds_up_to_zero()
    {
        var cleared = CurrencyClearing.Of(Euro, [Statement(Line(PostingKind.Issue, 0.01m, 100))]);
        cleared.Coalition.ShouldBe(100);
        cleared.Netting.Total.Minor.ShouldBe(0);
        Should.Throw<InvalidOperationException>(() => new CurrencyClearing(Euro, 99, cleared.Statements));
        Should.Throw<InvalidOperationException>(() => CurrencyClearing.Of(Euro, [.. cleared.Statements, .. cleared.Statements]));
    }

    [Fact]
    public void comes_to_all_postings_whatever_they_are_and_wherever_cuts_fall() => Check.QuickThrowOnFailure(Prop.ForAll(Logs().ToArbitrary(), log =>
    {
        var cleared = Clear(log);

        foreach (var cycle in cleared)
            CycleClosed.Clear(cycle.Value).ShouldAllBe(c => c.Netting.Total.Minor == 0 && c.Netting.Positions.Sum(p => p.Net.Minor) + c.Coalition == 0);
        var all = log.OfType<Told>().GroupBy(t => (t.Kind.Plain(), t.Version)).ToDictionary(g => g.Key, g => g.Sum(t => t.Kind.Sign() * t.Points));
        var sums = cleared.Values.SelectMany(c => c).SelectMany(i => i.Lines).GroupBy(l => (l.Key.Kind, l.Key.AgreementVersion)).ToDictionary(g => g.Key, g => g.Sum(l => l.Sum.Points).Value);
        sums.ShouldBe(all, ignoreOrder: true);
        Written(Clear(log)).ShouldBe(Written(cleared));
    }));

    [Fact]
    public void leaves_a_cycle_that_is_cut_as_it_was() => Check.QuickThrowOnFailure(Prop.ForAll(Logs().ToArbitrary(), log =>
    {
        for (var i = 0; i < log.Length; i++)
        {
            if (log[i] is not Cut cut)
                continue;
            var (then, now) = (Clear(log[..(i + 1)]), Clear(log));
            foreach (var cycle in then.Keys.Where(c => c.First <= cut.Cycle.First))
                Written(now[cycle]).ShouldBe(Written(then[cycle]));
        }
    }));

    // Postings of one partner over half a year, among them cuts of the months.
    private static Gen<object[]> Logs() => Gen.Choose(0, 9).SelectMany(dice => dice == 0
            ? Gen.Choose(1, 6).Select(month => (object)new Cut(CycleId.Of(Cadence.Monthly, new(2026, month, 1))))
            : from day in Gen.Choose(0, 180)
              from kind in Gen.Elements(Enum.GetValues<PostingKind>())
              from version in Gen.Choose(1, 2)
              from points in Gen.Choose(0, 100_000)
              select (object)new Told(kind, version, points, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(day)))
        .ListOf().Select(log => log.ToArray());

    private static Dictionary<CycleId, IReadOnlyList<StatementInput>> Clear(IEnumerable<object> log)
    {
        var state = ClearingState.Initial;
        var lines = new Dictionary<(CycleId Cycle, LineKey Key), PriceLine>();
        foreach (var e in log)
        {
            if (e is Cut cut && state.Calendar.Find(cut.Cycle) is { } cycle)
                state = state.When(new CycleCut(cycle.Id, cycle.From, cycle.Until, "anna", "bert", cycle.Due));
            if (e is not Told told)
                continue;
            var assigned = state.Assign(told.At);
            var price = 0.01m * told.Version;
            var place = (assigned.Cycle.Id, new LineKey(assigned.Origin.Id, told.Kind.Plain(), told.Version, price));
            var line = PriceLine.Of(told.Kind, new(told.Version, price, [new(Guid.Empty, TransactionId.From("t"), new(told.Points), told.At, null)]));
            lines[place] = lines.TryGetValue(place, out var sum) ? sum.Plus(line) : line;
        }

        return lines.GroupBy(l => l.Key.Cycle).OrderBy(c => c.Key.First).ToDictionary(
            c => c.Key, c => (IReadOnlyList<StatementInput>)[new(Grocery, Euro, 0, [.. c.Select(l => (l.Key.Key, l.Value))], null)]);
    }

    private static string Written(object value) => JsonSerializer.Serialize(value is Dictionary<CycleId, IReadOnlyList<StatementInput>> all
        ? all.Values.SelectMany(c => CycleClosed.Clear(c)).ToList()
        : CycleClosed.Clear((IReadOnlyList<StatementInput>)value));

    private static Statement Statement(params (LineKey, PriceLine)[] lines) => Input(null, 0, lines).Statement();

    private static StatementInput Input(Commercial? terms, long forward, params (LineKey, PriceLine)[] lines) => new(Grocery, Euro, forward, lines, terms);

    private static (LineKey, PriceLine) Line(PostingKind kind, decimal price, long points, long transactions = 1) =>
        (new(March, kind, 1, price), new(price, new(points), transactions, 0));

    private sealed record Cut(CycleId Cycle);

    private sealed record Told(PostingKind Kind, int Version, long Points, DateTimeOffset At);
}
