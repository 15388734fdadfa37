using System.Text;
using System.Text.Json;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

/// <summary>Lines that are answered while others are still being sent.</summary>
[Collection(nameof(RunningLedger))]
public sealed class StreamingTransactions(RunningLedger ledger)
{
    // So many lines wait unanswered at most.
    private const int Window = 4_000;

    private readonly Till till = ledger.Till(ledger.Grocery);

    [Fact]
    public async Task answers_a_line_before_the_next_one_is_sent()
    {
        var member = await ledger.Enrol();
        using var lines = await Open();
        await using var answers = lines.Answers().GetAsyncEnumerator();
        for (var i = 1; i <= 3; i++)
        {
            await lines.Send(Purchase(ledger.NewId(), member, 10));
            (await answers.MoveNextAsync()).ShouldBeTrue();
            JsonDocument.Parse(answers.Current).RootElement.GetProperty("answer").GetProperty("balance").GetInt64().ShouldBe(i * 10);
        }

        await lines.End();
        (await answers.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task takes_a_hundred_thousand_lines_from_whoever_reads_while_sending()
    {
        const int Lines = 100_000;
        var members = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ledger.Enrol()));
        using var lines = await Open();
        var sending = Task.Run(async () =>
        {
            foreach (var part in Enumerable.Range(0, Lines).Chunk(500))
                await lines.Send(string.Concat(part.Select(i => Purchase(ledger.NewId(), members[i % members.Length], 1))));
            await lines.End();
        });

        var answered = 0;
        await foreach (var line in lines.Answers())
            line.ShouldStartWith($"{{\"line\":{++answered},\"transactionId\":\"t-", Case.Sensitive, line);

        await sending;
        answered.ShouldBe(Lines);
        (await Task.WhenAll(members.Select(till.Balance))).Sum().ShouldBe(Lines);
    }

    [Fact]
    public async Task waits_for_whoever_reads_only_when_everything_is_sent_as_long_as_it_fits_the_window()
    {
        var members = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ledger.Enrol()));
        using var lines = await Open(receiveBuffer: 4 * 1024);
        await lines.Send(string.Concat(Enumerable.Range(0, Window).Select(i => Purchase(ledger.NewId(), members[i % members.Length], 1))));
        await lines.End();

        // Nothing is read before all of them have been posted.
        await Eventually.Holds(async () => (await Task.WhenAll(members.Select(till.Balance))).Sum() == Window);
        var answered = 0;
        await foreach (var _ in lines.Answers()) answered++;

        answered.ShouldBe(Window);
    }

    [Fact]
    public async Task posts_what_was_read_of_a_client_that_goes_away_and_goes_on_with_others()
    {
        var member = await ledger.Enrol();
        var ids = Enumerable.Range(0, 200).Select(_ => ledger.NewId()).ToList();
        var at = Till.Now;
        using (var lines = await Open())
        {
            await lines.Send(string.Concat(ids.Select(id => Purchase(id, member, 1, at))) + "{\"type\":\"purch");
            await Eventually.Holds(async () => await till.Balance(member) == ids.Count);
        }

        (await ledger.Count($"transactions where account_id = '{member.Id}'")).ShouldBe(ids.Count);
        using var again = await Open();
        await again.Send(string.Concat(ids.Select(id => Purchase(id, member, 1, at))));
        await again.End();
        await foreach (var line in again.Answers()) line.ShouldContain("\"status\":201");
        (await till.Balance(member)).ShouldBe(ids.Count);
    }

    [Fact]
    public async Task survives_clients_that_go_away_while_their_lines_are_under_way()
    {
        var member = await ledger.Enrol();
        var at = Till.Now;
        var ids = Enumerable.Range(0, 2_000).Select(_ => ledger.NewId()).ToList();
        var text = string.Concat(ids.Select(id => Purchase(id, member, 1, at)));
        for (var i = 0; i < 5; i++)
        {
            using var lines = await Open();
            await lines.Send(text);
        }

        using var last = await Open();
        await last.Send(text);
        await last.End();
        var answered = 0;
        await foreach (var line in last.Answers())
        {
            line.ShouldContain("\"status\":201");
            answered++;
        }

        answered.ShouldBe(ids.Count);
        (await till.Balance(member)).ShouldBe(ids.Count);
    }

    [Fact]
    public async Task refuses_each_line_that_is_no_body_of_a_request_and_posts_its_neighbours()
    {
        var member = await ledger.Enrol();
        var good = Purchase(ledger.NewId(), member, 1).TrimEnd();
        var bad = new BadTransport(ledger.Url, "/v1/transactions", "", good).Bodies().Where(b => !b.Body.Contains((byte)'\n') && b.Body.Length > 0).ToList();
        bad.Count.ShouldBeGreaterThan(40);
        byte[] body = [.. bad.SelectMany(b => (byte[])[.. b.Body, (byte)'\n', .. Encoding.UTF8.GetBytes(Purchase(ledger.NewId(), member, 1))])];

        var answers = (await till.PostLines("/v1/transactions", body)).ShouldBe(200).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        answers.Length.ShouldBe(2 * bad.Count);
        for (var i = 0; i < bad.Count; i++)
        {
            answers[2 * i].ShouldContain("\"status\":400", Case.Sensitive, bad[i].Name);
            answers[2 * i].ShouldContain("urn:loyalty:problem:", Case.Sensitive, bad[i].Name);
            answers[2 * i].ShouldNotContain("   at ");
            answers[(2 * i) + 1].ShouldContain("\"status\":201", Case.Sensitive, "after " + bad[i].Name);
        }

        (await till.Balance(member)).ShouldBe(bad.Count);
    }

    private Task<LineStream> Open(int receiveBuffer = 1024 * 1024) => LineStream.Open(
        ledger.Url, "/v1/transactions", ledger.Tokens.Partner(ledger.Grocery.Id, ledger.Grocery.Code, "ledger.post", "ledger.redeem"), receiveBuffer);

    private static string Purchase(string transactionId, Member member, long amount, string? at = null) => JsonSerializer.Serialize(
        new { type = "purchase", transactionId, card = member.Card, store = "MAIN", amount, currency = "EUR", occurredAt = at ?? Till.Now }) + "\n";
}
