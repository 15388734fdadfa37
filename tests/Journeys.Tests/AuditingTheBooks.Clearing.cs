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
        (await Partners(InStatements("e.data #- f.path", "Lines", "c.v ->> 'Origin' <> e.data ->> 'Cycle'"))).ShouldBe([19, 20, 21]);

    [Fact]
    public async Task sees_a_late_posting_that_is_in_two_cycles() => (await Partners(
        """
        insert into clearing.lines
        select (select cycle from clearing.cycles where cut is null order by ends limit 1), partner, line, currency, origin, kind, agreement, price, points, transactions, reversals
        from clearing.lines where cycle <> origin limit 1
        """)).ShouldBe([19]);

    [Fact]
    public async Task sees_a_correction_that_was_posted_forward_twice() =>
        (await Partners(InStatements("jsonb_insert(e.data, f.path, e.data #> f.path)", "Posted", "true"))).ShouldBe([19, 20, 21]);

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

    [Theory]
    [InlineData("jsonb_set(data, array['Order', 'Instructions', '0', 'Amount'], '4711')")]
    [InlineData("jsonb_set(data, array['Order', 'Instructions', '0', 'Account', 'Iban'], '\"AT611904300234573201\"')")]
    [InlineData("jsonb_insert(data, array['Order', 'Instructions', '0'], data #> array['Order', 'Instructions', '0'])")]
    [InlineData("data #- array['Order', 'Instructions', '0']")]
    [InlineData("jsonb_set(data, array['Order', 'Cycle'], (select e.data -> 'Cycle' from mt_events e where e.type = 'cycle-closed' order by e.seq_id limit 1))")]
    public async Task sees_payments_that_are_not_the_positions_of_a_cycle_that_was_not_paid_before(string change) =>
        (await Partners($"update mt_events set data = {change} where {OfLast("cycle-payments-instructed")}")).ShouldBe([21]);

    [Fact]
    public async Task sees_a_booking_that_is_not_of_its_payment() => (await Partners(Raised("payment-confirmed", "'Amount'"))).ShouldBe([19, 21]);

    [Fact]
    public async Task sees_a_payment_by_an_account_that_was_not_approved() => (await Partners(
        "update mt_events set data = jsonb_set(data, array['Account', 'Iban'], '\"AT611904300234573201\"') where type in ('bank-account-proposed', 'bank-account-changed') and data ? 'Partner'"))
        .ShouldBe([21]);

    [Theory]
    [InlineData("cycle-cut")]
    [InlineData("bank-account-changed")]
    [InlineData("cycle-payments-instructed")]
    [InlineData("dispute-upheld")]
    [InlineData("correction-posted")]
    [InlineData("liability-estimates-approved")]
    [InlineData("liability-period-closed")]
    public async Task sees_what_one_person_has_proposed_and_approved(string type) => (await Partners(
        $"""
        update event_origins set caused_by = 'operator:operator' where seq_id = (select max(seq_id) from mt_events where type = '{type}');
        update mt_events set data = jsonb_set(data, array['Checker'], '"operator"') where seq_id = (select max(seq_id) from mt_events where type = '{type}')
        """)).ShouldBe([22]);

    [Fact]
    public async Task sees_an_approval_that_somebody_else_gave() => (await Partners(
        "update event_origins set caused_by = 'operator:eve' where seq_id = (select max(seq_id) from mt_events where type = 'cycle-payments-instructed')")).ShouldBe([22]);

    [Fact]
    public async Task sees_an_approval_of_something_else_than_was_proposed() => (await Partners(Raised("correction-posted", "'Amount'"))).ShouldBe([19, 22]);

    [Fact]
    public async Task sees_a_correction_by_a_dispute_that_was_not_upheld() =>
        (await Partners("update mt_events set type = 'dispute-withdrawn' where type = 'dispute-upheld'")).ShouldBe([22]);

    [Fact]
    public async Task sees_prepaid_points_issued_that_nobody_settled() => (await Partners(Raised("block-points-issued", "'Points'"))).ShouldBe([23]);

    [Fact]
    public async Task sees_a_balance_of_blocks_that_differs_from_what_was_bought_and_issued() =>
        (await Partners("update mt_doc_prepaidaccount set data = jsonb_set(data, array['Bought'], '4711')")).ShouldBe([23]);

    [Fact]
    public async Task sees_a_block_at_a_price_that_was_not_agreed() =>
        (await Partners("update mt_events set data = jsonb_set(data, array['Price'], '0.5') where type = 'block-bought' and not data ? 'Maker'")).ShouldBe([13, 23]);

    [Fact]
    public async Task sees_a_block_that_was_bought_before_it_had_to_be() => (await Partners(
        "update mt_events set data = jsonb_set(data, array['Commercial', 'Funding', 'Block', 'AlertBelow'], '0') where type = 'agreement-made' and data #> array['Commercial', 'Funding', 'Block'] is not null"))
        .ShouldBe([23]);

    [Fact]
    public async Task sees_an_alert_that_tells_another_balance() => (await Partners(Raised("block-running-low", "'Left'"))).ShouldBe([23]);

    [Theory]
    [InlineData("update counters set points = points - 1 where key like 'prepaid:%'")]
    [InlineData("update prepaid_blocks set points = points - 3")]
    public async Task sees_points_issued_beyond_what_was_paid_where_none_may_be(string sql) => (await Ledger(sql)).ShouldBe([23]);

    /// <summary>Adds 1 to a number in the last fact of a type.</summary>
    private static string Raised(string type, string path) =>
        $"""
        update mt_events set data = jsonb_set(data, array[{path}], to_jsonb((data #>> array[{path}])::numeric + 1))
        where seq_id = (select max(seq_id) from mt_events where type = '{type}')
        """;

    /// <summary>The last fact of a type, and the proposal of it.</summary>
    private static string OfLast(string type) =>
        $"(stream_id, version) in (select stream_id, v from mt_events, lateral (values (version), (version - 1)) n (v) where seq_id = (select max(seq_id) from mt_events where type = '{type}'))";

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
