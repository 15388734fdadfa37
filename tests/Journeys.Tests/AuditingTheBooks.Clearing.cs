namespace Loyalty.Journeys.Tests;

// What CoalitionPartners makes of the postings: closed cycles, payments, blocks.
public sealed partial class AuditingTheBooks
{
    [Fact]
    public async Task sees_a_closed_line_that_differs_from_its_postings() =>
        (await Partners(InStatements("jsonb_set(e.data, f.path || array['Points'], '4711')", "Lines", "true"))).ShouldBe([19]);

    [Fact]
    public async Task sees_a_charge_that_was_not_agreed() =>
        (await Partners(InStatements("jsonb_set(e.data, f.path || array['Rate'], '20')", "Charges", "c.v ->> 'Kind' = 'tax'"))).ShouldBe([19]);

    [Fact]
    public async Task sees_a_late_posting_that_is_in_no_cycle() =>
        (await Partners(InStatements("e.data #- f.path", "Lines", "c.v ->> 'Origin' <> e.data ->> 'Cycle'"))).ShouldBe([19, 20]);

    [Fact]
    public async Task sees_a_late_posting_that_is_in_two_cycles() => (await Partners(
        """
        insert into clearing.lines
        select (select cycle from clearing.cycles where cut is null order by ends limit 1), partner, line, currency, origin, kind, agreement, price, points, transactions, reversals
        from clearing.lines where cycle <> origin limit 1
        """)).ShouldBe([19]);

    [Fact]
    public async Task sees_a_correction_that_was_posted_forward_twice() =>
        (await Partners(InStatements("jsonb_insert(e.data, f.path, e.data #> f.path)", "Posted", "true"))).ShouldBe([19, 20]);

    [Fact]
    public async Task sees_a_cycle_that_was_closed_with_another_cut() => (await Partners(Raised("cycle-closed", "'ThroughSequence'"))).ShouldBe([19]);

    [Fact]
    public async Task sees_preliminary_lines_that_differ_from_the_postings() => (await Partners(
        "update clearing.lines set points = points + 1 where ctid = (select min(ctid) from clearing.lines where cycle not in (select cycle from clearing.cycles where cut is not null))"))
        .ShouldBe([19]);

    [Fact]
    public async Task sees_another_sum_brought_forward_than_was_carried_forward() =>
        (await Partners(Raised("cycle-closed", "'Currencies', '0', 'Statements', '0', 'BroughtForward'"))).ShouldBe([20]);

    [Fact]
    public async Task sees_positions_that_do_not_net_to_zero() => (await Partners(Raised("cycle-closed", "'Currencies', '0', 'Coalition'"))).ShouldBe([20]);

    [Fact]
    public async Task sees_a_balance_that_differs_from_its_statement() =>
        (await Partners("update clearing.balances set carried_forward = carried_forward + 1 where ctid = (select min(ctid) from clearing.balances)")).ShouldBe([20]);

    /// <summary>Adds 1 to a number in the last fact of a type.</summary>
    private static string Raised(string type, string path) =>
        $"""
        update mt_events set data = jsonb_set(data, array[{path}], to_jsonb((data #>> array[{path}])::numeric + 1))
        where seq_id = (select max(seq_id) from mt_events where type = '{type}')
        """;

    /// <summary>Changes something in a list of the statements of a closed cycle.</summary>
    /// <param name="change">What the fact becomes, where <c>f.path</c> leads to what is changed.</param>
    /// <param name="which">Which of the list, as <c>c.v</c>.</param>
    private static string InStatements(string change, string list, string which) =>
        $"""
        with found as (
            select e.seq_id, array['Currencies', '0', 'Statements', (s.i - 1)::text, '{list}', (c.i - 1)::text] as path
            from mt_events e, jsonb_array_elements(e.data #> array['Currencies', '0', 'Statements']) with ordinality s (v, i),
                jsonb_array_elements(s.v -> '{list}') with ordinality c (v, i)
            where e.type = 'cycle-closed' and {which})
        update mt_events e set data = {change} from found f where f.seq_id = e.seq_id
        """;
}
