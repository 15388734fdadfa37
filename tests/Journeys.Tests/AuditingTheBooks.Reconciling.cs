namespace Loyalty.Journeys.Tests;

// What CoalitionPartners makes of partners' books.
public sealed partial class AuditingTheBooks
{
    [Theory]
    [InlineData("update reconciliation_items set amount_difference = amount_difference + 1 where kind = 'amount-differs'")]
    [InlineData("delete from reconciliation_items where kind = 'missing-there' and state = 'open'")]
    [InlineData("update reconciliation_items set tolerated = true where kind = 'missing-there' and state = 'open'")]
    public async Task sees_items_that_do_not_explain_what_the_books_differ_by(string sql) => (await Partners(sql)).ShouldBe([26]);

    [Theory]
    [InlineData("update reconciliation_totals set there_amount = there_amount + 1, items_amount = items_amount + 1")]
    [InlineData("update reconciliation_lines set amount = amount + 1 where result = 'id'")]
    [InlineData("delete from reconciliation_lines where result = 'duplicate'")]
    public async Task sees_totals_that_are_not_those_of_the_lines(string sql) => (await Partners(sql)).ShouldBe([26]);

    [Fact]
    public async Task sees_a_transaction_in_our_book_that_differs_from_the_ledger() =>
        (await Partners("update partner_transactions set points = points + 1 where transaction_id = 'tank'")).ShouldBe([26]);

    [Fact]
    public async Task sees_a_decision_that_is_shown_otherwise_than_it_was_taken() =>
        (await Partners("update reconciliation_items set decided_by = 'operator' where decision = 'reject'")).ShouldBe([26]);

    [Fact]
    public async Task sees_a_posting_that_an_operator_has_caused_alone() => (await Ledger(
        $"update event_origins set caused_by = 'operator:approver' where seq_id = (select seq_id from mt_events where {Fact("points-accrued", "bens")})")).ShouldBe([27]);

    [Fact]
    public async Task sees_a_correction_that_was_sent_by_somebody_else_than_who_approved_it() =>
        (await Partners("update batches set submitted_by = 'operator:operator' where key like 'reconciliation/%'")).ShouldBe([27]);

    [Fact]
    public async Task sees_a_correction_that_one_person_decided_on() => (await Partners(
        "update mt_events set data = jsonb_set(data, array['Checker'], data -> 'Maker') where type = 'reconciliation-decision-approved'")).ShouldBe([22, 26, 27]);

    [Fact]
    public async Task sees_a_correction_that_nobody_has_decided_on() =>
        (await Partners("update mt_events set type = 'reconciliation-decision-rejected' where type = 'reconciliation-decision-approved'")).ShouldBe([26, 27]);
}
