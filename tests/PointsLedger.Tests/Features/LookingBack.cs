using System.Globalization;
using Loyalty.PointsLedger.Tests.Views;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class LookingBack(RunningLedger ledger)
{
    private static readonly DateTimeOffset Noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task shows_a_late_receipt_once_it_is_known()
    {
        var account = await OldAccount.Opened(ledger, Noon);
        await account.Buy("first", 100, Noon.AddDays(1));
        await account.Buy("late", 40, recorded: Noon.AddDays(3), happened: Noon.AddDays(2));
        await account.Redeem("spent", 120, Noon.AddDays(4));

        (await AsOf(account, effective: Noon.AddDays(2))).Number("balance").ShouldBe(140);
        (await AsOf(account, effective: Noon.AddDays(2), known: Noon.AddDays(2))).Number("balance").ShouldBe(100);
        (await AsOf(account, known: Noon.AddDays(3))).Number("balance").ShouldBe(140);
        (await AsOf(account)).Number("balance").ShouldBe(20);
    }

    [Fact]
    public async Task shows_the_lots_that_were_open()
    {
        var account = await OldAccount.Opened(ledger, Noon);
        await account.Buy("first", 100, Noon.AddDays(1));
        await account.Reserve("hold", 30, Noon.AddDays(2));
        await account.Return("first", 90, Noon.AddDays(3));

        var then = await AsOf(account, effective: Noon.AddDays(2));
        (then.Number("balance"), then.Number("reserved"), then.Number("debt"), then.Number("version")).ShouldBe((70, 30, 0, 5));
        var lot = then.Json.GetProperty("lots").EnumerateArray().ShouldHaveSingleItem();
        lot.GetProperty("issuer").GetGuid().ShouldBe(ledger.Grocery.Id);
        lot.GetProperty("purchase").GetString().ShouldBe("first");
        (lot.GetProperty("accrued").GetInt64(), lot.GetProperty("remaining").GetInt64(), lot.GetProperty("reserved").GetInt64()).ShouldBe((100, 100, 30));
        var later = await AsOf(account, effective: Noon.AddDays(3));
        (later.Number("balance"), later.Number("reserved"), later.Number("debt")).ShouldBe((0, 30, 20));
    }

    [Fact]
    public async Task finds_an_account_empty_before_it_was_opened()
    {
        var account = await OldAccount.Opened(ledger, Noon);
        var before = await AsOf(account, known: Noon.AddDays(-1));
        (before.Number("balance"), before.Number("version"), before.Json.GetProperty("lots").GetArrayLength()).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task without_times_sees_what_the_balance_says()
    {
        var member = await ledger.EnrolWith(50);
        (await ledger.Till(ledger.Fuel).Reserve(member, 20)).ShouldBe(201);
        var (now, balance) = ((await ledger.Operator().Get($"/v1/accounts/{member.Id}/as-of")).ShouldBe(200), (await ledger.Operator().Get($"/v1/accounts/{member.Id}/balance")).ShouldBe(200));
        foreach (var what in new[] { "balance", "reserved", "debt", "version" }) now.Number(what).ShouldBe(balance.Number(what), what);
    }

    [Theory]
    [InlineData("effectiveAt=2024-05-01"), InlineData("effectiveAt="), InlineData("knownAt=2024-02-30T10:15:00Z"), InlineData("knownAt=2024-05-01T10:15:00")]
    [InlineData("effectiveAt=2024-05-01T10:15:00+01:00"), InlineData("knownAt=now"), InlineData("effectiveAt=0001-01-01T00:00:00%2B14:00"), InlineData("knownAt=%00")]
    public async Task is_refused_for_what_is_no_instant(string query) =>
        (await ledger.Operator().Get($"/v1/accounts/{Guid.NewGuid()}/as-of?{query}")).ShouldBeRefused(400, "malformed-request");

    [Theory]
    [InlineData("effectiveAt=0001-01-01T00:00:00Z"), InlineData("knownAt=9999-12-31T23:59:59.9999999Z&effectiveAt=9999-12-31T23:59:59-00:00"), InlineData("knownAt=0001-01-01T00:00:00Z")]
    public async Task goes_to_either_end_of_time(string query)
    {
        var account = await OldAccount.Opened(ledger, Noon);
        (await ledger.Operator().Get($"/v1/accounts/{account.Id}/as-of?{query}")).ShouldBe(200);
    }

    [Fact]
    public async Task is_for_operators_and_for_accounts_that_are_there()
    {
        var account = await OldAccount.Opened(ledger, Noon);
        (await ledger.Till(ledger.Grocery).Get($"/v1/accounts/{account.Id}/as-of")).ShouldBeRefused(403, "operator-required");
        await account.Close(Noon.AddDays(1));
        (await ledger.Operator().Get($"/v1/accounts/{account.Id}/as-of?knownAt=2024-05-01T12:00:00Z")).ShouldBe(404);
        (await ledger.Operator().Get($"/v1/accounts/{Guid.NewGuid()}/as-of")).ShouldBe(404);
    }

    private async Task<Answer> AsOf(OldAccount account, DateTimeOffset? effective = null, DateTimeOffset? known = null)
    {
        var query = $"?{(effective is { } e ? $"effectiveAt={Text(e)}&" : "")}{(known is { } k ? $"knownAt={Text(k)}" : "")}";
        return (await ledger.Operator().Get($"/v1/accounts/{account.Id}/as-of{query}")).ShouldBe(200);
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
