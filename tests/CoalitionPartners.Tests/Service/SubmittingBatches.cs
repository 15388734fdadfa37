using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>Partners send files, and learn what became of every line.</summary>
[Collection(nameof(TheService))]
public sealed class SubmittingBatches(TheService service)
{
    private const string Header = "type,transactionId,occurredAt,card,store,amount,currency,points,purchase\n";

    private readonly string prefix = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task sends_the_lines_in_order_and_shows_what_became_of_each()
    {
        await using var ledger = await LedgersSide.Open(service, "ledger.post", "ledger.redeem", "ledger.backdate");
        var sent = await ledger.Upload(Header + Purchase("1") + Redemption("2") + Return("3", "1") + Purchase("4") + Purchase("-5"));
        sent.Status.ShouldBe(HttpStatusCode.Accepted, sent.Text);
        var id = LedgersSide.IdOf(sent);
        sent.Headers.Location!.ToString().ShouldBe($"/v1/batches/{id}");

        var lines = await ledger.Submitted(id, 5);
        lines.Select(l => (l.Line, l.Kind, l.TransactionId)).ShouldBe(
            [(2, "purchase", $"{prefix}1"), (3, "redemption", $"{prefix}2"), (4, "return", $"{prefix}3"), (5, "purchase", $"{prefix}4"), (6, "purchase", $"{prefix}-5")]);
        (lines[0].PartnerId, lines[0].AmountMinor, lines[0].Store, lines[0].MayBackdate).ShouldBe((ledger.Partner, 2590L, "=1+1", true));
        (lines[1].Points, lines[2].Purchase).ShouldBe((5L, $"{prefix}1"));
        LedgersSide.Counts(await ledger.Batch(id, "awaiting")).ShouldBe([5, 0, 0, 0, 0, 5]);

        await ledger.Answer(lines.Take(1), points: 25);
        await ledger.Answer(lines.Skip(1).Take(1), "refused", "insufficient-points", "=cmd, \"x\"");
        await ledger.Answer(lines.Skip(2).Take(1), "replayed", points: -5);
        await ledger.Answer(lines.Skip(3).Take(1), "differs", "transaction-differs", "Other.");
        LedgersSide.Counts(await Counted(ledger, id, 1)).ShouldBe([5, 1, 1, 1, 1, 1]);
        await ledger.Answer(lines.Skip(4));
        var complete = await ledger.Batch(id, "complete");
        LedgersSide.Counts(complete).ShouldBe([5, 2, 1, 1, 1, 0]);
        complete.GetProperty("completedAt").GetDateTimeOffset().ShouldBeGreaterThan(complete.GetProperty("receivedAt").GetDateTimeOffset());

        (await service.Get($"/v1/batches/{id}/report.csv", ledger.Token)).Text.ShouldBe(string.Join("\r\n",
            "line,transactionId,outcome,code,detail,points,balance", $"2,{prefix}1,accepted,,,25,10", $"3,{prefix}2,refused,insufficient-points,\"'=cmd, \"\"x\"\"\",,",
            $"4,{prefix}3,replayed,,,-5,10", $"5,{prefix}4,differs,transaction-differs,Other.,,", $"6,{prefix}-5,accepted,,,1,10", ""));
        var refused = (await service.Get($"/v1/batches/{id}/report.ndjson?outcome=refused", ledger.Token)).Text.TrimEnd('\n').Split('\n').ShouldHaveSingleItem();
        JsonDocument.Parse(refused).RootElement.GetProperty("detail").GetString().ShouldBe("=cmd, \"x\"");
    }

    [Fact]
    public async Task shows_lines_in_pages_and_by_outcome()
    {
        await using var ledger = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await ledger.Upload(Header + string.Concat(Enumerable.Range(0, 7).Select(i => i % 3 == 0 ? "bad\n" : Purchase($"{i}"))), "?mode=check"));
        await ledger.Batch(id, "checked");
        (await Pages(ledger, id, "limit=2")).ShouldBe([2, 3, 4, 5, 6, 7, 8]);
        (await Pages(ledger, id, "limit=2&outcome=refused")).ShouldBe([2, 5, 8]);
        (await Pages(ledger, id, "limit=3&outcome=waiting")).ShouldBe([3, 4, 6, 7]);
        foreach (var bad in new[] { "outcome=lost", "limit=-1", "limit=1000000000", "cursor=x" })
            (await service.Get($"/v1/batches/{id}/lines?{bad}", ledger.Token)).Status.ShouldBe(HttpStatusCode.BadRequest, bad);
        (await service.Get("/v1/batches?limit=1", ledger.Token)).Body.GetProperty("items")[0].GetProperty("batchId").GetGuid().ShouldBe(id);
    }

    [Fact]
    public async Task takes_the_same_file_again_for_the_same_batch()
    {
        await using var ledger = await LedgersSide.Open(service);
        var file = Header + Purchase("1");
        var first = LedgersSide.IdOf(await ledger.Upload(file));
        await ledger.Answer(await ledger.Submitted(first, 1));
        await ledger.Batch(first, "complete");

        var again = await ledger.Upload(file);
        (again.Status, LedgersSide.IdOf(again), again.Headers.Location!.ToString()).ShouldBe((HttpStatusCode.OK, first, $"/v1/batches/{first}"));
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ledger.Upload(file + Purchase("2"))));
        atOnce.Select(LedgersSide.IdOf).Distinct().ShouldHaveSingleItem().ShouldNotBe(first);
        atOnce.Count(r => r.Status == HttpStatusCode.Accepted).ShouldBe(1);

        await using var other = await LedgersSide.Open(service);
        (await other.Upload(file)).Status.ShouldBe(HttpStatusCode.Accepted);
        (await service.Get("/v1/batches", ledger.Token)).Body.GetProperty("items").GetArrayLength().ShouldBe(2);
        ledger.Submitted(first).Count.ShouldBe(1);
        (await Rows($"batches where partner = '{ledger.Partner}'")).ShouldBe(2);
    }

    [Fact]
    public async Task finds_a_batch_by_the_key_it_was_sent_under_and_refuses_another_file_under_it()
    {
        await using var ledger = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await ledger.Upload(Header + Purchase("1"), key: "monday"));
        var again = await ledger.Upload(Header + Purchase("1"), key: "monday");
        (again.Status, LedgersSide.IdOf(again)).ShouldBe((HttpStatusCode.OK, id));
        foreach (var other in new[] { await ledger.Upload(Header + Purchase("2"), key: "monday"), await ledger.Upload(Header + Purchase("1"), "?atomic=true", key: "monday") })
            (other.Status, other.Problem).ShouldBe((HttpStatusCode.UnprocessableEntity, "batch-differs"));
        (await ledger.Upload(Header + Purchase("2"), key: "a b")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task keeps_nothing_of_a_file_that_cant_be_read()
    {
        await using var ledger = await LedgersSide.Open(service);
        var before = await Rows("batch_lines");
        var enough = string.Concat(Enumerable.Range(0, 5_000).Select(i => Purchase($"{i}")));
        (await ledger.Upload("")).Problem.ShouldBe("malformed-request");
        (await ledger.Upload(Header + enough + "\"open")).Body.GetProperty("detail").GetString()!.ShouldContain("Line 5002 ");
        (await ledger.Upload([.. Encoding.UTF8.GetBytes(Header + enough), 0xFC, 0x0A])).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await ledger.Upload(Header + enough + enough)).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ledger.Upload(new string('x', 50_000_000))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ledger.Upload(Header, mediaType: "application/zip")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await ledger.Upload("PK\u0003\u0004")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await ledger.Upload(Header + Purchase("1"), "?mode=perhaps")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Get("/v1/batches", ledger.Token)).Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await Rows($"batches where partner = '{ledger.Partner}'")).ShouldBe(0);
        (await Rows("batch_lines")).ShouldBe(before);
    }

    [Fact]
    public async Task refuses_bad_lines_and_sends_the_others()
    {
        await using var ledger = await LedgersSide.Open(service, "ledger.post");
        var id = LedgersSide.IdOf(await ledger.Upload(
            Header + Purchase("1") + Purchase("2", "abc") + Purchase("3") + Purchase("3", "1.00") + Redemption("4") + Purchase("1", "25.9") + Purchase("5", "")));
        var sent = await ledger.Submitted(id, 2);
        sent.Select(l => (l.Line, l.TransactionId)).ShouldBe([(2, $"{prefix}1"), (7, $"{prefix}1")]);
        await ledger.Answer(sent.Take(1));
        await ledger.Answer(sent.Skip(1), "replayed");
        LedgersSide.Counts(await ledger.Batch(id, "complete")).ShouldBe([7, 1, 1, 3, 2, 0]);
        var lines = (await service.Get($"/v1/batches/{id}/lines", ledger.Token)).Body.GetProperty("items").EnumerateArray();
        lines.Select(l => (l.GetProperty("outcome").GetString(), l.GetProperty("code").GetString())).ShouldBe(
        [
            ("accepted", null), ("refused", "malformed-request"), ("differs", "transaction-differs"), ("differs", "transaction-differs"),
            ("refused", "insufficient-scope"), ("replayed", null), ("refused", "malformed-request"),
        ]);
    }

    [Fact]
    public async Task refuses_all_lines_of_an_atomic_batch_when_one_is_bad()
    {
        await using var ledger = await LedgersSide.Open(service);
        var bad = LedgersSide.IdOf(await ledger.Upload(Header + Purchase("1") + Purchase("2", "abc") + Purchase("3"), "?atomic=true"));
        LedgersSide.Counts(await ledger.Batch(bad, "complete")).ShouldBe([3, 0, 0, 3, 0, 0]);
        var good = LedgersSide.IdOf(await ledger.Upload(Header + Purchase("1") + Purchase("3"), "?atomic=true"));
        (await ledger.Submitted(good, 2)).Count.ShouldBe(2);
        ledger.Submitted(bad).ShouldBeEmpty();
    }

    [Fact]
    public async Task hides_a_batch_from_everybody_but_its_partner_and_the_operator()
    {
        await using var mine = await LedgersSide.Open(service);
        await using var theirs = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await mine.Upload(Header + Purchase("1"), "?mode=check"));
        foreach (var path in new[] { "", "/lines", "/report.csv", "/report.ndjson" })
        {
            (await service.Get($"/v1/batches/{id}{path}", theirs.Token)).Problem.ShouldBe("not-found");
            (await service.Get($"/v1/batches/{id}{path}")).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await service.Post($"/v1/batches/{id}/cancellation", new { }, theirs.Token)).Problem.ShouldBe("not-found");
        (await service.Get($"/v1/batches/{id}", "")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var reader = await service.PartnerToken(mine.Partner, "settlement.read");
        (await service.Send(new(HttpMethod.Post, "/v1/batches") { Content = new StringContent(Header, Encoding.UTF8, "text/csv") }, reader)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Send(new(HttpMethod.Post, "/v1/batches") { Content = new StringContent(Header, Encoding.UTF8, "text/csv") })).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<JsonElement> Counted(LedgersSide ledger, Guid id, int waiting)
    {
        await Testing.Eventually.Holds(async () => (await ledger.Batch(id)).GetProperty("waiting").GetInt32() == waiting);
        return await ledger.Batch(id);
    }

    private async Task<List<int>> Pages(LedgersSide ledger, Guid id, string query)
    {
        var (found, cursor) = (new List<int>(), (string?)null);
        do
        {
            var page = (await service.Get($"/v1/batches/{id}/lines?{query}{(cursor is null ? "" : "&cursor=" + cursor)}", ledger.Token)).Body;
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(l => l.GetProperty("line").GetInt32()));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return found;
    }

    private async Task<long> Rows(string what)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(service.Database.Owner);
        await using var command = source.CreateCommand("select count(*) from " + what);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    private string Purchase(string id, string amount = "25.90") => $"purchase,{prefix}{id},2017-03-01T10:15:00Z,9276000000000001,=1+1,{amount},EUR,,\n";

    private string Redemption(string id) => $"redemption,{prefix}{id},2017-03-01T10:15:00Z,9276000000000001,S1,,,5,\n";

    private string Return(string id, string of) => $"return,{prefix}{id},2017-03-01T10:15:00Z,,,5.00,EUR,,{prefix}{of}\n";
}
