using System.Globalization;
using System.Text.Json;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Tests.Views;
using Loyalty.PointsLedger.Views;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ReadingTheBooks(RunningLedger ledger)
{
    [Fact]
    public async Task sums_every_posting_up_to_zero_and_shows_what_is_a_partners()
    {
        var (issuer, redeemer) = (await NewPartner(), await NewPartner());
        await Trade(issuer, redeemer);

        await Eventually.Holds(async () =>
        {
            var books = await TrialBalance();
            Balance(books, "issued", issuer).ShouldBe((50, 100, -50));
            Balance(books, "redeemed", redeemer).ShouldBe((75, 70, 5));
            var unit = books.GetProperty("units").EnumerateArray().ShouldHaveSingleItem();
            (unit.GetProperty("unit").GetString(), unit.GetProperty("total").GetInt64()).ShouldBe(("points", 0));
            unit.GetProperty("debit").GetInt64().ShouldBe(unit.GetProperty("credit").GetInt64());
        });
    }

    [Fact]
    public async Task keeps_no_line_for_a_member()
    {
        await Trade(await NewPartner(), await NewPartner());

        await Eventually.Holds(async () =>
        {
            var lines = (await TrialBalance()).GetProperty("lines").EnumerateArray().ToList();
            lines.Where(l => l.GetProperty("partner").ValueKind == JsonValueKind.Null).Select(l => l.GetProperty("ledgerAccount").GetString())
                .ShouldBe(["debt", "member", "reserved"]);
        });
    }

    [Fact]
    public async Task agrees_with_the_states_of_all_accounts()
    {
        await Trade(await NewPartner(), await NewPartner());
        await CaughtUp();

        var lines = (await TrialBalance()).GetProperty("lines").EnumerateArray().ToLookup(l => l.GetProperty("ledgerAccount").GetString(), l => l.GetProperty("balance").GetInt64());
        var (free, reserved, debt) = (0L, 0L, 0L);
        foreach (var id in await Accounts())
        {
            var account = (await ledger.Store.Load<Account>(id))!.State;
            (free, reserved, debt) = (free + account.Lots.Sum(l => l.Free().Value), reserved + account.Reserved().Value, debt + account.Debt.Value);
        }

        (lines["member"].Sum(), lines["reserved"].Sum(), lines["debt"].Sum()).ShouldBe((free, reserved, -debt));
    }

    [Fact]
    public async Task shows_a_late_receipt_on_the_day_it_happened_once_it_is_known()
    {
        var issuer = await NewPartner();
        var (today, before) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(-3));
        (await ledger.Till(issuer).Buy(await ledger.Enrol(), 30, at: Instant(before))).ShouldBe(201);
        await Eventually.Holds(async () => Balance(await TrialBalance(), "issued", issuer).ShouldBe((0, 30, -30)));

        Balance(await TrialBalance($"?effectiveAt={Date(before)}"), "issued", issuer).ShouldBe((0, 30, -30));
        Balance(await TrialBalance($"?effectiveAt={Instant(before)}&knownAt={Date(today.AddDays(1))}"), "issued", issuer).ShouldBe((0, 30, -30));
        Balance(await TrialBalance($"?effectiveAt={Date(before.AddDays(-1))}"), "issued", issuer).ShouldBeNull();
        Balance(await TrialBalance($"?knownAt={Date(today.AddDays(-1))}"), "issued", issuer).ShouldBeNull();
    }

    [Fact]
    public async Task sums_up_to_zero_on_any_day()
    {
        await Trade(await NewPartner(), await NewPartner());
        foreach (var query in new[] { "?effectiveAt=2016-01-01", $"?effectiveAt={Date(DateTimeOffset.UtcNow)}", $"?knownAt={Date(DateTimeOffset.UtcNow)}", "?knownAt=9999-12-31" })
            (await TrialBalance(query)).GetProperty("units").EnumerateArray().ShouldAllBe(u => u.GetProperty("total").GetInt64() == 0);
    }

    [Fact]
    public async Task comes_out_the_same_when_it_is_rebuilt_from_nothing()
    {
        var issuer = await NewPartner();
        await Trade(issuer, await NewPartner());
        await CaughtUp();
        var live = Balance(await TrialBalance(), "issued", issuer);

        (await ledger.Rebuild(new TrialBalanceView())).ShouldBe(0);

        Balance(await TrialBalance(), "issued", issuer).ShouldBe(live);
    }

    [Fact]
    public async Task tells_which_event_was_the_last()
    {
        await ledger.EnrolWith(10);
        await CaughtUp();
        (await TrialBalance()).GetProperty("upToSequence").GetInt64().ShouldBeGreaterThanOrEqualTo(await Last());
    }

    [Theory]
    [InlineData("effectiveAt=yesterday"), InlineData("effectiveAt="), InlineData("knownAt=2017-02-29"), InlineData("knownAt=2017-03-01T10:15:00")]
    [InlineData("effectiveAt=2017-03-01T10:15:00+01:00"), InlineData("knownAt=0"), InlineData("effectiveAt=2017-03-01&effectiveAt=2017-03-02"), InlineData("knownAt=%00")]
    public async Task refuses_what_is_no_day(string query) =>
        (await ledger.Operator().Get($"/v1/books/trial-balance?{query}")).ShouldBeRefused(400, "malformed-request");

    [Fact]
    public async Task are_for_operators() =>
        (await ledger.Till(ledger.Grocery).Get("/v1/books/trial-balance")).ShouldBeRefused(403, "operator-required");

    // A purchase, a redemption, a return that leaves a debt, a reservation that is captured in part, and an undone redemption.
    private async Task Trade(Partner issuer, Partner redeemer)
    {
        var (member, shop, other) = (await ledger.Enrol(), ledger.Till(issuer), ledger.Till(redeemer));
        var (purchase, redemption, reservation) = (ledger.NewId(), ledger.NewId(), ledger.NewId());
        (await shop.Buy(member, 100, purchase)).ShouldBe(201);
        (await other.Redeem(member, 70, redemption)).ShouldBe(201);
        (await shop.Return(purchase, 50)).ShouldBe(201).Number("debt").ShouldBe(20);
        (await other.Reverse(redemption)).ShouldBe(201).Number("balance").ShouldBe(50);
        (await other.Reserve(member, 10, reservation)).ShouldBe(201);
        (await other.Capture(reservation, 5)).ShouldBe(201);
        (await other.Reserve(member, 3)).ShouldBe(201);
    }

    private async Task<Partner> NewPartner()
    {
        var partner = new Partner(Guid.NewGuid(), "P" + ledger.NewId().ToUpperInvariant());
        await ledger.Admit(partner);
        return partner;
    }

    private async Task<JsonElement> TrialBalance(string query = "") => (await ledger.Operator().Get("/v1/books/trial-balance" + query)).ShouldBe(200).Json;

    private Task CaughtUp() => Eventually.Holds(async () =>
        (await TrialBalance()).GetProperty("upToSequence").GetInt64().ShouldBeGreaterThanOrEqualTo(await Last()));

    private async Task<long> Last()
    {
        await using var query = ledger.Database.CreateCommand("select max(seq_id) from mt_events");
        return (long)(await query.ExecuteScalarAsync())!;
    }

    private async Task<List<Guid>> Accounts()
    {
        var accounts = new List<Guid>();
        await using var query = ledger.Database.CreateCommand("select id from mt_streams where type = 'member_account'");
        await using var row = await query.ExecuteReaderAsync();
        while (await row.ReadAsync()) accounts.Add(row.GetGuid(0));
        return accounts;
    }

    private static (long Debit, long Credit, long Balance)? Balance(JsonElement books, string ledgerAccount, Partner partner)
    {
        var line = books.GetProperty("lines").EnumerateArray().SingleOrDefault(l =>
            l.GetProperty("ledgerAccount").GetString() == ledgerAccount && l.GetProperty("partnerCode").GetString() == partner.Code);
        return line.ValueKind == JsonValueKind.Undefined
            ? null
            : (line.GetProperty("debit").GetInt64(), line.GetProperty("credit").GetInt64(), line.GetProperty("balance").GetInt64());
    }

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
