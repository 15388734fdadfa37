using System.Text.Json;
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
    public async Task wants_its_own_media_type() =>
        (await till.PostText("/v1/transactions", "{}")).ShouldBeRefused(415, "unsupported-media-type");

    private async Task<IReadOnlyList<JsonElement>> Send(params string[] lines)
    {
        var answer = await till.PostLines("/v1/transactions", string.Join('\n', lines));
        answer.ShouldBe(200);
        return [.. answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Purchase(string transactionId, Member member, decimal amount) => JsonSerializer.Serialize(
        new { type = "purchase", transactionId, card = member.Card, store = "MAIN", amount, currency = "EUR", occurredAt = Till.Now });

    private static string Redemption(string transactionId, Member member, long points) => JsonSerializer.Serialize(
        new { type = "redemption", transactionId, card = member.Card, store = "MAIN", points, occurredAt = Till.Now });

    private static string Return(string transactionId, string purchase, decimal amount) => JsonSerializer.Serialize(
        new { type = "return", transactionId, purchase, amount, currency = "EUR", occurredAt = Till.Now });
}
