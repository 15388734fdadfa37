using System.Net.Http.Headers;
using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

/// <summary>A ledger of its own, because what is asked is asked of the whole log.</summary>
[CollectionDefinition(nameof(LedgerWithAPast))]
public sealed class LedgerWithAPast : ICollectionFixture<RunningLedger>;

[Collection(nameof(LedgerWithAPast))]
public class AskingWhatIf(RunningLedger ledger)
{
    // A period for each test, so that none sees the purchases of another.
    private static int periods;

    private readonly Lazy<DateTimeOffset> period = new(() => new(2016 + Interlocked.Increment(ref periods), 3, 1, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task says_of_an_offer_what_posting_under_it_really_gives()
    {
        var (without, with) = (await NewPartner(), await NewPartner());
        var live = Document(with, "live") with { FundedBy = [new(with.Id, 60), new(ledger.Fuel.Id, 40)] };
        await ledger.Publish(new OfferPublished(1, live, RunningLedger.LongAgo, false));
        await Eventually.Holds(async () => await ledger.Count($"offers where offer_id = '{live.Id}'") == 1);
        var posted = await Shop(with);
        await Shop(without);

        var report = await Report(Document(without, "draft") with { FundedBy = [new(without.Id, 60), new(ledger.Fuel.Id, 40)] });

        report.GetProperty("changedMembers").GetInt64().ShouldBe(2);
        report.GetProperty("members").GetInt64().ShouldBe(6);
        report.GetProperty("changedPurchases").GetInt64().ShouldBe(4);
        var (before, after) = (Sums(Offer(report, "draft")), Sums(Offer(report, "live")));
        after.Recorded.ShouldBe(posted);
        before.ShouldBe((0, posted, posted));
        (after.Rerated, after.Difference).ShouldBe((posted, 0));
        var (mine, theirs) = (Sums(Line(report, "partners", "partner", without.Id.ToString())), Sums(Line(report, "partners", "partner", with.Id.ToString())));
        mine.Rerated.ShouldBe(theirs.Recorded);
        theirs.Difference.ShouldBe(0);
        var fuel = Line(report, "partners", "partner", ledger.Fuel.Id.ToString());
        Sums(fuel).Recorded.ShouldBe(Sums(fuel).Difference);
        Cost(Line(report, "partners", "partner", without.Id.ToString()), "settlementDifference").ShouldBe(Math.Round(mine.Difference * 0.010m, 2));
        report.GetProperty("assumptions").GetArrayLength().ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task says_what_a_new_version_would_have_given_in_place_of_the_old_one_and_no_offer_in_place_of_another()
    {
        var partner = await NewPartner();
        var old = Document(partner, "live");
        await ledger.Publish(new OfferPublished(1, old, RunningLedger.LongAgo, false));
        await Eventually.Holds(async () => await ledger.Count($"offers where offer_id = '{old.Id}'") == 1);
        var posted = await Shop(partner);

        var twice = await Report(old with { Give = new(Multiplier: 3) });
        Sums(Offer(twice, old.Id)).ShouldBe((posted, 2 * posted, posted));
        var none = await Report(new { from = Start.AddDays(-1), until = Start.AddDays(60), replaces = old.Id });
        Sums(Offer(none, old.Id)).ShouldBe((posted, 0, -posted));
    }

    [Fact]
    public async Task reckons_the_tiers_of_a_draft_programme()
    {
        var (till, member, now) = (ledger.Till(await NewPartner()), await ledger.Enrol(), DateTimeOffset.UtcNow);
        await Buy(till, member, 60, now.AddDays(-40), ledger.NewId());
        await Buy(till, member, 25, now.AddDays(-30), ledger.NewId());
        var report = await Report(new
        {
            from = now.AddDays(-41), until = now.AddDays(-29), programme = new
            {
                timeZone = "Europe/Vienna", rounding = "down", expiry = new { kind = "never" }, debt = "debt", reservationMinutes = 15,
                tiers = new[] { new { id = "silver", name = "Silver", points = 50, multiplier = 2 } }, tierWindow = new { kind = "rolling", months = 12, noticeDays = 0 },
            },
        });
        Sums(Line(report, "tiers", "tier", "silver")).ShouldBe((25, 50, 25));
        Sums(Offer(report, "tier:silver")).ShouldBe((0, 25, 25));
    }

    [Fact]
    public async Task writes_nothing_but_its_own_progress()
    {
        var partner = await NewPartner();
        await Shop(partner);
        var before = await Past();
        await Report(Document(partner, "draft"));
        (await Past()).ShouldBe(before);

        async Task<(long, long, long, long)> Past() => (
            await ledger.Count("mt_events"), await ledger.Count("transactions"), await ledger.Count("mt_streams"), await ledger.Count("offers"));
    }

    [Fact]
    public async Task shows_how_far_it_has_come_and_can_be_cancelled()
    {
        var partner = await NewPartner();
        await Shop(partner);
        string id;
        await using (await HoldAccounts())
        {
            var asked = await Ask(new { from = Start.AddDays(-1), until = Start.AddDays(60), offer = Document(partner, "draft") });
            asked.Headers.Location!.ToString().ShouldBe($"/v1/what-ifs/{asked.Text("id")}");
            id = asked.Text("id")!;
            await Eventually.Holds(async () => (await Get(id)).Text("state") == "running" && Progress(await Get(id), "eventsAbout") > 0);
            (await Send(HttpMethod.Delete, $"/v1/what-ifs/{id}", Operator)).ShouldBe(200).Text("state").ShouldBe("cancelled");
        }

        var next = await Ended((await Ask(new { from = Start.AddDays(-1), until = Start.AddDays(60), offer = Document(partner, "draft") })).Text("id")!);
        next.Text("state").ShouldBe("done");
        Progress(next, "purchases").ShouldBeGreaterThan(0);
        Progress(next, "eventsRead").ShouldBeGreaterThan(0);
        var cancelled = await Get(id);
        (cancelled.Text("state"), cancelled.Json.GetProperty("report").ValueKind).ShouldBe(("cancelled", JsonValueKind.Null));
        (await Send(HttpMethod.Delete, $"/v1/what-ifs/{next.Text("id")}", Operator)).ShouldBe(200).Text("state").ShouldBe("done");
    }

    [Fact]
    public async Task begins_anew_when_its_process_has_gone()
    {
        var partner = await NewPartner();
        var posted = await Shop(partner);
        string id;
        await using (await HoldAccounts())
        {
            id = (await Ask(new { from = Start.AddDays(-1), until = Start.AddDays(60), offer = Document(partner, "draft") })).Text("id")!;
            await Eventually.Holds(async () => (await Get(id)).Text("state") == "running");
            await ledger.Tamper("select pg_terminate_backend(pid) from pg_stat_activity where query like '%from mt_streams where id > %' and pid <> pg_backend_pid()");
        }

        var ended = await Ended(id);
        ended.Text("state").ShouldBe("done");
        (await ledger.Count($"what_ifs where id = '{id}' and attempts > 1")).ShouldBe(1);
        Sums(Offer(ended.Json.GetProperty("report"), "draft")).Rerated.ShouldBe(posted);
    }

    [Theory]
    [InlineData("""{"kind": "malus", "give": {"points": 5}}""", "malus")]
    [InlineData("""{"kind": "bonus", "give": {}}""", "grants nothing")]
    [InlineData("""{"kind": "bonus"}""", "give")]
    [InlineData("""{"give": {"points": 5}}""", "know")]
    [InlineData("""{"kind": "bonus", "give": {"points": "many"}}""", "points")]
    [InlineData("""{"kind": "bonus", "give": {"points": 5}, "colour": "red"}""", "colour")]
    [InlineData("""{"kind": "bonus", "give": {"points": 5}, "caps": [null]}""", "null")]
    [InlineData("""{"kind": "bonus", "give": {"points": 5}, "expiry": {}}""", "know")]
    [InlineData("""{"kind": "bonus", "give": {"points": 5}, "fundedBy": [{"partnerId": "11111111-1111-4111-8111-111111111111", "percent": 50}]}""", "100")]
    public async Task is_refused_for_a_document_that_is_no_offer(string draft, string says)
    {
        var offer = """{"id": "draft", "name": "Draft", "priority": 1, """ + draft[1..];
        var answer = await Send(HttpMethod.Post, "/v1/what-ifs", Operator, $$"""{"from": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "offer": {{offer}} }""");
        answer.ShouldBeRefused(400, "malformed-request");
        answer.Text("detail")!.ShouldContain(says);
    }

    [Theory]
    [InlineData("""{"from": "2018-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "replaces": "a"}""")]
    [InlineData("""{"from": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z"}""")]
    [InlineData("""{"from": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "offer": []}""")]
    [InlineData("""{"from": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "programme": {"timeZone": "Mars/Olympus", "rounding": "down", "expiry": {"kind": "never"}, "debt": "debt"}}""")]
    [InlineData("""{"from": "2017-01-01", "until": "2018-01-01T00:00:00Z", "replaces": "a"}""")]
    public async Task is_refused_where_there_is_nothing_to_ask(string body) =>
        (await Send(HttpMethod.Post, "/v1/what-ifs", Operator, body)).ShouldBeRefused(400, "malformed-request");

    [Fact]
    public async Task is_for_operators_with_its_scope()
    {
        const string Body = """{"from": "2017-01-01T00:00:00Z", "until": "2018-01-01T00:00:00Z", "replaces": "a"}""";
        var partner = ledger.Tokens.Partner(ledger.Grocery.Id, ledger.Grocery.Code, "offers.simulate");
        (await Send(HttpMethod.Post, "/v1/what-ifs", ledger.Tokens.Operator("ledger.read", "settlement.read"), Body)).ShouldBeRefused(403, "insufficient-scope");
        (await Send(HttpMethod.Post, "/v1/what-ifs", partner, Body)).ShouldBeRefused(403, "operator-required");
        (await Send(HttpMethod.Get, $"/v1/what-ifs/{Guid.NewGuid()}", partner)).ShouldBeRefused(403, "operator-required");
        (await Send(HttpMethod.Get, $"/v1/what-ifs/{Guid.NewGuid()}", Operator)).ShouldBeRefused(404, "not-found");
        (await Send(HttpMethod.Delete, $"/v1/what-ifs/{Guid.NewGuid()}", Operator)).ShouldBeRefused(404, "not-found");
    }

    private DateTimeOffset Start => period.Value;

    private string Operator => ledger.Tokens.Operator("offers.simulate");

    private static Offer Document(Partner partner, string id) => new(
        id == "draft" ? id : $"{id}-{partner.Code.ToLowerInvariant()}", "Double", "bonus", null, null, 10, null,
        new(Partners: [partner.Id], RepeatWithinDays: 4), new(Multiplier: 2), [], null, [], null, null);

    /// <summary>Three members buy and return; answers what a doubling within four days adds.</summary>
    private async Task<long> Shop(Partner partner)
    {
        var till = ledger.Till(partner);
        foreach (var within in new[] { true, true, false })
        {
            var (member, returned) = (await ledger.Enrol(), ledger.NewId());
            await Buy(till, member, 40, Start, ledger.NewId());
            await Buy(till, member, 30, Start.AddDays(within ? 4 : 5), returned);
            await Buy(till, member, 25, Start.AddDays(within ? 8 : 20), ledger.NewId());
            await Back(till, returned, 15, Start.AddDays(21));
            await Buy(till, member, 1000, Start.AddDays(200), ledger.NewId());
        }

        return 2 * (30 - 15 + 25);
    }

    private static async Task Buy(Till till, Member member, decimal amount, DateTimeOffset at, string id) =>
        (await till.Buy(member, amount, id, at.ToString("O"))).ShouldBe(201);

    private async Task Back(Till till, string purchase, decimal amount, DateTimeOffset at) =>
        (await till.Post($"/v1/purchases/{purchase}/returns", new { transactionId = ledger.NewId(), amount, currency = "EUR", occurredAt = at })).ShouldBe(201);

    private async Task<Partner> NewPartner()
    {
        var partner = new Partner(Guid.NewGuid(), $"P{Guid.NewGuid():N}"[..12].ToUpperInvariant());
        await ledger.Admit(partner);
        return partner;
    }

    private Task<JsonElement> Report(Offer draft) => Report(new { from = Start.AddDays(-1), until = Start.AddDays(60), offer = draft });

    private async Task<JsonElement> Report(object question)
    {
        var ended = await Ended((await Ask(question)).Text("id")!);
        ended.Text("state").ShouldBe("done", ended.Body);
        return ended.Json.GetProperty("report");
    }

    private async Task<Answer> Ask(object question) =>
        (await Send(HttpMethod.Post, "/v1/what-ifs", Operator, JsonSerializer.Serialize(question, JsonSerializerOptions.Web))).ShouldBe(202);

    private async Task<Answer> Ended(string id)
    {
        await Eventually.Holds(async () => (await Get(id)).Text("state") is not ("queued" or "running"));
        return await Get(id);
    }

    private async Task<Answer> Get(string id) => (await Send(HttpMethod.Get, $"/v1/what-ifs/{id}", Operator)).ShouldBe(200);

    /// <summary>Whoever goes through the accounts waits until it is disposed of.</summary>
    private async Task<IAsyncDisposable> HoldAccounts()
    {
        var connection = await ledger.Database.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table mt_streams in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task<Answer> Send(HttpMethod method, string path, string token, string? body = null)
    {
        using var http = new HttpClient { BaseAddress = ledger.Url };
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", token) } };
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    private static JsonElement Offer(JsonElement report, string id) => report.GetProperty("offers").EnumerateArray()
        .Single(o => o.GetProperty("offer").GetString() is { } name && (name == id || name.StartsWith(id + "-", StringComparison.Ordinal)));

    private static JsonElement Line(JsonElement report, string list, string member, string value) =>
        report.GetProperty(list).EnumerateArray().Single(line => line.GetProperty(member).GetString() == value);

    private static (long Recorded, long Rerated, long Difference) Sums(JsonElement line)
    {
        var points = line.GetProperty("points");
        return (points.GetProperty("recorded").GetInt64(), points.GetProperty("rerated").GetInt64(), points.GetProperty("difference").GetInt64());
    }

    private static decimal Cost(JsonElement partner, string which) => decimal.Parse(
        partner.GetProperty(which)[0].GetProperty("amount").ToString(), System.Globalization.CultureInfo.InvariantCulture);

    private static long Progress(Answer answer, string what) => answer.Json.GetProperty("progress").GetProperty(what).GetInt64();
}
