using System.Globalization;

namespace Loyalty.Journeys.Tests;

// What CoalitionPartners says of points outstanding.
public sealed partial class AuditingTheBooks
{
    [Fact]
    public async Task comes_to_the_figure_of_the_liability_desk() => (await databases.Audit()).Output.ShouldContain(
        string.Create(CultureInfo.InvariantCulture, $"at their funding prices they come to {databases.Liability:#,##0.00} EUR"));

    [Theory]
    [InlineData("issued = issued + 1")]
    [InlineData("vintage = 'unknown'")]
    [InlineData("redeemed = redeemed + 1, expired = expired - 1")]
    public async Task sees_books_of_points_that_differ_from_the_ledger(string change) =>
        (await Partners($"update liability_movements set {change} where ctid = (select ctid from liability_movements order by period desc, issued desc limit 1)")).ShouldBe([24]);

    [Fact]
    public async Task sees_points_in_lots_that_nobody_owes() => (await Ledger(
        $"update mt_events set data = jsonb_set(data, array['Points'], to_jsonb((data ->> 'Points')::bigint + 1)) where {Fact("points-accrued", "doras")}")).ShouldContain(24);

    [Theory]
    [InlineData("Recognised")]
    [InlineData("RecognisedBefore")]
    [InlineData("AtFundingPrice")]
    [InlineData("Expected")]
    public async Task sees_a_closed_month_that_differs_from_its_books(string figure) =>
        (await Partners(Raised("liability-period-closed", $"'Cohorts', '0', '{figure}'"))).ShouldBe([25]);

    [Fact]
    public async Task sees_something_late_that_a_closed_month_has_lost() =>
        (await Partners("update mt_events set data = data #- array['Late', '0'] where type = 'liability-period-closed' and data #> array['Late', '0'] is not null")).ShouldBe([25]);

    [Fact]
    public async Task sees_movements_that_came_into_a_closed_month() =>
        (await Partners("update liability_movements set redeemed = redeemed + 1 where ctid = (select ctid from liability_movements order by period limit 1)")).ShouldBe([24, 25]);

    [Fact]
    public async Task sees_a_closed_month_that_is_open_again() =>
        (await Partners("update liability_books set closed_through = closed_through - interval '1 month'")).ShouldBe([25]);
}
