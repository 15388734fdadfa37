using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public sealed class PostingManyTransactions(RunningLedger ledger)
{
    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task answers_every_line_in_order_with_its_own_outcome()
    {
        var member = await ledger.Enrol();
        var (bought, spent, back) = (ledger.NewId(), ledger.NewId(), ledger.NewId());

        var lines = await Send(
            Purchase(bought, member, 100.00m),
            Redemption(spent, member, 30),
            "{\"type\":\"gift\"}",
            Redemption(ledger.NewId(), member, 1_000),
            "",
            Return(back, bought, 40.00m));

        lines.Select(l => l.GetProperty("line").GetInt32()).ShouldBe([1, 2, 3, 4, 6]);
        lines.Select(l => l.GetProperty("status").GetInt32()).ShouldBe([201, 201, 400, 422, 201]);
        lines.Select(l => l.TryGetProperty("answer", out var a) ? a.GetProperty("balance").GetInt64() : -1).ShouldBe([100, 70, -1, -1, 30]);
        lines[3].GetProperty("problem").GetProperty("type").GetString().ShouldBe("urn:loyalty:problem:insufficient-points");
        (await till.Balance(member)).ShouldBe(30);
    }

    [Fact]
    public async Task takes_effect_once_however_often_it_is_sent_together_with_single_requests()
    {
        var member = await ledger.Enrol();
        var ids = Enumerable.Range(0, 50).Select(_ => ledger.NewId()).ToList();
        var body = ids.Select(id => Purchase(id, member, 1.00m)).ToArray();

        var answers = await Task.WhenAll(Send(body), Send(body), Send(body));

        answers.ShouldAllBe(lines => lines.All(l => l.GetProperty("status").GetInt32() == 201));
        for (var i = 0; i < ids.Count; i++)
            answers.Select(lines => lines[i].GetProperty("answer").GetRawText()).Distinct().ShouldHaveSingleItem();
        (await till.Balance(member)).ShouldBe(50);
    }

    [Fact]
    public async Task passes_over_a_line_without_end_and_goes_on_after_it()
    {
        var member = await ledger.Enrol();

        var lines = await Send(Purchase(ledger.NewId(), member, 1.00m), new string('x', 200_000), Purchase(ledger.NewId(), member, 2.00m));

        lines.Select(l => (l.GetProperty("line").GetInt32(), l.GetProperty("status").GetInt32())).ShouldBe([(1, 201), (2, 400), (3, 201)]);
        (await till.Balance(member)).ShouldBe(3);
    }

    [Fact]
    public async Task takes_thousands_of_lines_in_one_request()
    {
        var members = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ledger.Enrol()));
        var body = Enumerable.Range(0, 10_000).Select(i => Purchase(ledger.NewId(), members[i % members.Length], 1.00m)).ToArray();

        var lines = await Send(body);

        lines.Count.ShouldBe(10_000);
        lines.ShouldAllBe(l => l.GetProperty("status").GetInt32() == 201);
        (await Task.WhenAll(members.Select(till.Balance))).ShouldAllBe(balance => balance == 2_000);
    }

    [Fact]
    public async Task counts_blank_lines_and_takes_either_line_end()
    {
        var member = await ledger.Enrol();
        var (first, second, last) = (Purchase(ledger.NewId(), member, 1.00m), Redemption(ledger.NewId(), member, 1), Purchase(ledger.NewId(), member, 5.00m));

        var answer = await till.PostLines("/v1/transactions", $"\r\n{first}\r\n \t \n\n{second}\n\r\n  {last}  ");

        Read(answer).Select(l => (Line(l), Status(l))).ShouldBe([(2, 201), (5, 201), (7, 201)]);
        (await till.Balance(member)).ShouldBe(5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n   \n")]
    public async Task answers_nothing_to_nothing(string body) => (await till.PostLines("/v1/transactions", body)).ShouldBe(200).Body.ShouldBeEmpty();

    [Fact]
    public async Task asks_for_the_scope_of_each_line()
    {
        var member = await ledger.EnrolWith(10);
        string[] lines = [Purchase(ledger.NewId(), member, 1.00m), Redemption(ledger.NewId(), member, 1), Return(ledger.NewId(), ledger.NewId(), 1.00m)];

        Status(await Send(ledger.Till(ledger.Grocery, "ledger.post"), lines)).ShouldBe([201, 403, 404]);
        Status(await Send(ledger.Till(ledger.Grocery, "ledger.redeem"), lines)).ShouldBe([403, 201, 403]);
        var refused = await Send(ledger.Till(ledger.Grocery, "ledger.redeem"), lines[0]);
        refused[0].GetProperty("problem").GetProperty("type").GetString().ShouldBe("urn:loyalty:problem:insufficient-scope");
        (await ledger.Till(ledger.Grocery, "ledger.read").PostLines("/v1/transactions", lines[0])).ShouldBeRefused(403, "insufficient-scope");
        (await till.Balance(member)).ShouldBe(10);
    }

    [Fact]
    public async Task refuses_members_that_are_missing_or_belong_to_another_type()
    {
        var member = await ledger.Enrol();
        string[] good = [Purchase("t", member, 1.00m), Redemption("t", member, 1), Return("t", "p", 1.00m)];
        var bad = new List<string>();
        foreach (var line in good)
        {
            var whole = JsonNode.Parse(line)!.AsObject();
            foreach (var name in whole.Select(m => m.Key)) bad.Add(Changed(whole, o => o.Remove(name)));
            foreach (var other in good.SelectMany(l => JsonNode.Parse(l)!.AsObject()).Where(m => !whole.ContainsKey(m.Key)))
                bad.Add(Changed(whole, o => o[other.Key] = other.Value!.DeepClone()));
            bad.Add(Changed(whole, o => o["partnerId"] = ledger.Fuel.Id));
            bad.Add(line.Insert(1, "\"transactionId\":\"other\","));
            bad.Add(Changed(whole, o => o["type"] = "Purchase"));
            bad.Add(Changed(whole, o => o["transactionId"] = "a b"));
            bad.Add(Changed(whole, o => o["occurredAt"] = "2017-03-01T12:00:00"));
        }

        var answers = await Send([.. bad]);

        for (var i = 0; i < bad.Count; i++)
        {
            Status(answers[i]).ShouldBe(400, bad[i]);
            answers[i].GetProperty("problem").GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace(bad[i]);
        }
    }

    [Fact]
    public async Task judges_amounts_as_single_requests_do()
    {
        var member = await ledger.Enrol();
        foreach (var (amount, status) in new[] { ("-1", 422), ("-0", 422), ("1e-30", 422), ("1e2", 400), ("\"5\"", 400), ("01", 400), ("1.005", 422), ("99999999999999999999999999999999", 422) })
        {
            var line = Purchase(ledger.NewId(), member, 7.77m).Replace("7.77", amount, StringComparison.Ordinal);
            var single = JsonNode.Parse(Purchase(ledger.NewId(), member, 7.77m))!.AsObject();
            single.Remove("type");
            Status((await Send(line))[0]).ShouldBe(status, amount);
            (await till.PostText("/v1/purchases", single.ToJsonString().Replace("7.77", amount, StringComparison.Ordinal))).Status.ShouldBe(status, amount);
        }
    }

    [Fact]
    public async Task keeps_lines_with_other_content_under_the_same_id_apart()
    {
        var member = await ledger.Enrol();
        var id = ledger.NewId();

        var answers = await Send(Purchase(id, member, 1.00m), Purchase(id, member, 2.00m), Redemption(id, member, 1));

        Status(answers).ShouldBe([201, 422, 422]);
        answers[1].GetProperty("problem").GetProperty("type").GetString().ShouldBe("urn:loyalty:problem:transaction-differs");
        (await till.Balance(member)).ShouldBe(1);
    }

    [Fact]
    public async Task stops_whoever_scans_for_cards()
    {
        var partner = new Partner(Guid.NewGuid(), "SCANNER");
        await ledger.Admit(partner);
        var scanner = ledger.Bearing(ledger.Tokens.Issue(c =>
            (c["client_id"], c["partner"], c["partner_code"], c["scope"]) = ("line-scanner", partner.Id.ToString(), partner.Code, "ledger.post ledger.redeem")));
        var lines = Enumerable.Range(0, 2_000).Select(i => Purchase(ledger.NewId(), Unknown(i), 1.00m)).ToArray();

        var answers = await Send(scanner, lines);

        Status(answers[0]).ShouldBe(404);
        Status(answers[^1]).ShouldBe(429);
        Status((await Send(scanner, Purchase(ledger.NewId(), await ledger.Enrol(), 1.00m)))[0]).ShouldBe(429);

        static Member Unknown(int i) => new(Guid.Empty, Guid.Empty, RunningLedger.WithLuhn(FormattableString.Invariant($"62764849{i:D7}")), "");
    }

    [Fact]
    public async Task wants_its_own_media_type() =>
        (await till.PostText("/v1/transactions", "{}")).ShouldBeRefused(415, "unsupported-media-type");

    private Task<IReadOnlyList<JsonElement>> Send(params string[] lines) => Send(till, lines);

    private static async Task<IReadOnlyList<JsonElement>> Send(Till from, params string[] lines) =>
        Read(await from.PostLines("/v1/transactions", string.Join('\n', lines)));

    private static IReadOnlyList<JsonElement> Read(Answer answer)
    {
        answer.ShouldBe(200);
        return [.. answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static int Line(JsonElement line) => line.GetProperty("line").GetInt32();

    private static int Status(JsonElement line) => line.GetProperty("status").GetInt32();

    private static IEnumerable<int> Status(IEnumerable<JsonElement> lines) => lines.Select(Status);

    private static string Changed(JsonObject line, Action<JsonObject> change)
    {
        var changed = line.DeepClone().AsObject();
        change(changed);
        return changed.ToJsonString();
    }

    private static string Purchase(string transactionId, Member member, decimal amount) => JsonSerializer.Serialize(
        new { type = "purchase", transactionId, card = member.Card, store = "MAIN", amount, currency = "EUR", occurredAt = Till.Now });

    private static string Redemption(string transactionId, Member member, long points) => JsonSerializer.Serialize(
        new { type = "redemption", transactionId, card = member.Card, store = "MAIN", points, occurredAt = Till.Now });

    private static string Return(string transactionId, string purchase, decimal amount) => JsonSerializer.Serialize(
        new { type = "return", transactionId, purchase, amount, currency = "EUR", occurredAt = Till.Now });
}
