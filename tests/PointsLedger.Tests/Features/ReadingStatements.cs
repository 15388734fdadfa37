using System.Globalization;
using System.Text.Json;
using Loyalty.PointsLedger.Tests.Views;
using Loyalty.PointsLedger.Views;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ReadingStatements(RunningLedger ledger)
{
    private static readonly DateTimeOffset January = new(2024, 1, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task carry_forward_what_they_brought_forward_and_what_moved()
    {
        var account = await TradedAccount();

        var january = await Statement(account, "2024-01");
        Balances(january).ShouldBe((0, 100));
        Movements(january).ShouldBe(["points-accrued 1 +100 -0"]);
        var february = await Statement(account, "2024-02");
        Balances(february).ShouldBe((100, 55));
        Movements(february).ShouldBe(["points-accrued 2 +25 -0", "points-redeemed 1 +0 -60", "points-reserved 1 +0 -10"]);
        var april = await Statement(account, "2024-04");
        Balances(april).ShouldBe((55, 70));
        Movements(april).ShouldBe(["debt-repaid 1 +0 -15", "purchase-reversed 1 +0 -35", "redemption-reversed 1 +60 -0", "reservation-released 1 +5 -0"]);
    }

    [Fact]
    public async Task follow_each_other_without_a_gap_up_to_the_balance_of_today()
    {
        var account = await TradedAccount();
        var closed = await Closed(account);

        closed[0].GetProperty("period").GetString().ShouldBe("2024-01");
        closed[^1].GetProperty("period").GetString().ShouldBe(LastMonth());
        for (var i = 1; i < closed.Count; i++)
        {
            Month(closed[i]).ShouldBe(Month(closed[i - 1]).AddMonths(1));
            closed[i].GetProperty("broughtForward").GetInt64().ShouldBe(closed[i - 1].GetProperty("carriedForward").GetInt64());
        }

        closed.ShouldAllBe(m => m.GetProperty("carriedForward").GetInt64() == m.GetProperty("broughtForward").GetInt64() + m.GetProperty("change").GetInt64());
        closed[^1].GetProperty("carriedForward").GetInt64()
            .ShouldBe((await ledger.Operator().Get($"/v1/accounts/{account.Id}/balance")).ShouldBe(200).Number("balance"));
    }

    [Fact]
    public async Task of_a_month_without_movement_carry_forward_what_they_brought()
    {
        var march = await Statement(await TradedAccount(), "2024-03");
        Balances(march).ShouldBe((55, 55));
        Movements(march).ShouldBeEmpty();
        march.GetProperty("lines").GetProperty("items").EnumerateArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task page_through_lines_that_add_up_to_their_movements()
    {
        var account = await TradedAccount();
        foreach (var (month, types) in new[] { ("2024-01", 1), ("2024-02", 4), ("2024-04", 4) })
        {
            var statement = await Statement(account, month);
            var lines = await Lines(account, month);
            lines.Count.ShouldBe(types);
            lines.Sum(l => l.GetProperty("balanceChange").GetInt64()).ShouldBe(Balances(statement).Carried - Balances(statement).Brought);
            lines.GroupBy(l => l.GetProperty("type").GetString()).Select(g => $"{g.Key} {g.Count()}").Order()
                .ShouldBe(Movements(statement).Select(m => string.Join(' ', m.Split(' ').Take(2))));
            lines.ShouldAllBe(l => l.GetProperty("recordedAt").GetString()!.StartsWith(month, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task end_with_the_last_instant_of_their_month_in_utc()
    {
        var account = await OldAccount.Opened(ledger, January);
        await account.Buy("last", 1, new(2024, 3, 1, 0, 59, 59, 999, TimeSpan.FromHours(1)));
        await account.Buy("first", 2, new(2024, 3, 1, 0, 0, 0, TimeSpan.Zero));

        Balances(await Statement(account, "2024-02")).ShouldBe((0, 1));
        Balances(await Statement(account, "2024-03")).ShouldBe((1, 3));
    }

    [Fact]
    public async Task show_a_late_receipt_in_the_month_in_which_it_became_known()
    {
        var account = await OldAccount.Opened(ledger, January);
        await account.Buy("late", 7, recorded: January.AddMonths(1), happened: January);

        Balances(await Statement(account, "2024-01")).ShouldBe((0, 0));
        Balances(await Statement(account, "2024-02")).ShouldBe((0, 7));
    }

    [Fact]
    public async Task never_go_back_to_an_earlier_month_when_clocks_differ()
    {
        var account = await OldAccount.Opened(ledger, January);
        await account.Buy("ahead", 1, new(2024, 2, 1, 0, 0, 0, TimeSpan.Zero));
        await account.Buy("behind", 2, new(2024, 1, 31, 23, 59, 59, TimeSpan.Zero));

        Balances(await Statement(account, "2024-01")).ShouldBe((0, 0));
        Balances(await Statement(account, "2024-02")).ShouldBe((0, 3));
        (await Lines(account, "2024-02")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task come_out_the_same_when_they_are_rebuilt_from_nothing()
    {
        var account = await TradedAccount();
        var live = (await Statement(account, "2024-04")).GetRawText();

        (await ledger.Rebuild(new StatementView())).ShouldBe(0);

        (await Statement(account, "2024-04")).GetRawText().ShouldBe(live);
    }

    [Fact]
    public async Task are_refused_while_their_month_runs()
    {
        var member = await ledger.EnrolWith(10);
        var reader = ledger.Operator();
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        (await reader.Get($"/v1/accounts/{member.Id}/statements/{now}")).ShouldBeRefused(409, "period-open");
        (await reader.Get($"/v1/accounts/{member.Id}/statements/9999-12")).ShouldBeRefused(409, "period-open");
        (await reader.Get($"/v1/accounts/{member.Id}/statements/2016-01")).ShouldBeRefused(404, "not-found");
        await Eventually.Holds(async () => (await reader.Get($"/v1/accounts/{member.Id}/statements")).ShouldBe(200).Json.GetProperty("items").GetArrayLength().ShouldBe(0));
    }

    [Theory]
    [InlineData("2024-13"), InlineData("2024-1"), InlineData("2024-01-01"), InlineData("0000-01"), InlineData("january"), InlineData("2024-01?limit=0"), InlineData("2024-01?cursor=e30")]
    public async Task are_asked_for_by_month(string period)
    {
        var account = await OldAccount.Opened(ledger, January);
        (await ledger.Operator().Get($"/v1/accounts/{account.Id}/statements/{period}")).ShouldBeRefused(400, "malformed-request");
    }

    [Fact]
    public async Task are_not_there_for_nobody_and_for_a_member_who_is_gone()
    {
        var account = await TradedAccount();
        await account.Close(January.AddYears(1));
        foreach (var id in new[] { Guid.NewGuid(), account.Id })
        {
            (await ledger.Operator().Get($"/v1/accounts/{id}/statements")).ShouldBe(404);
            (await ledger.Operator().Get($"/v1/accounts/{id}/statements/2024-01")).ShouldBe(404);
        }
    }

    [Fact]
    public async Task are_for_operators()
    {
        var account = await OldAccount.Opened(ledger, January);
        var till = ledger.Till(ledger.Grocery);
        (await till.Get($"/v1/accounts/{account.Id}/statements")).ShouldBeRefused(403, "operator-required");
        (await till.Get($"/v1/accounts/{account.Id}/statements/2024-01")).ShouldBeRefused(403, "operator-required");
    }

    // January: 100. February: 60 spent, 10 set aside, 25 more. March: nothing. April: 5 of the 10 spent and 5 free again; 50 returned,
    // of which 15 are owed; the 60 come back and 15 of them pay the debt.
    private async Task<OldAccount> TradedAccount()
    {
        var account = await OldAccount.Opened(ledger, January);
        await account.Buy("groceries", 100, January);
        await account.Redeem("spent", 60, January.AddMonths(1));
        await account.Buy("more", 20, January.AddMonths(1));
        await account.Reserve("hold", 10, January.AddMonths(1));
        await account.Buy("yet-more", 5, January.AddMonths(1));
        await account.Capture("hold", 5, January.AddMonths(3));
        await account.Return("groceries", 50, January.AddMonths(3));
        await account.Restore("spent", January.AddMonths(3));
        return account;
    }

    private async Task<JsonElement> Statement(OldAccount account, string month)
    {
        JsonElement statement = default;
        var facts = await account.Facts();
        await Eventually.Holds(async () => (await ledger.Count($"statements.months where account_id = '{account.Id}' and last_version = {facts[^1].Version}")).ShouldBe(1));
        await Eventually.Holds(async () => statement = (await ledger.Operator().Get($"/v1/accounts/{account.Id}/statements/{month}")).ShouldBe(200).Json);
        statement.GetProperty("period").GetString().ShouldBe(month);
        return statement;
    }

    private async Task<List<JsonElement>> Closed(OldAccount account)
    {
        await Statement(account, "2024-01");
        return await Pages($"/v1/accounts/{account.Id}/statements?limit=5", body => body);
    }

    private Task<List<JsonElement>> Lines(OldAccount account, string month) =>
        Pages($"/v1/accounts/{account.Id}/statements/{month}?limit=2", body => body.GetProperty("lines"));

    private async Task<List<JsonElement>> Pages(string path, Func<JsonElement, JsonElement> page)
    {
        var items = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var answer = page((await ledger.Operator().Get(path + cursor)).ShouldBe(200).Json);
            items.AddRange(answer.GetProperty("items").EnumerateArray());
            if (answer.GetProperty("next").GetString() is not { } next) return items;
            cursor = $"&cursor={next}";
        }
    }

    private static (long Brought, long Carried) Balances(JsonElement statement) =>
        (statement.GetProperty("broughtForward").GetInt64(), statement.GetProperty("carriedForward").GetInt64());

    private static IEnumerable<string> Movements(JsonElement statement) => statement.GetProperty("movements").EnumerateArray().Select(m =>
        $"{m.GetProperty("type").GetString()} {m.GetProperty("lines").GetInt64()} +{m.GetProperty("added").GetInt64()} -{m.GetProperty("taken").GetInt64()}");

    private static DateOnly Month(JsonElement summary) => DateOnly.ParseExact(summary.GetProperty("period").GetString()!, "yyyy-MM", CultureInfo.InvariantCulture);

    private static string LastMonth() => DateTimeOffset.UtcNow.AddMinutes(-5).AddMonths(-1).ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
