using System.Net;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>Batches whose answers are slow, late, doubled or lost.</summary>
[Collection(nameof(TheService))]
public sealed class LosingAnswers(TheService service)
{
    private readonly string prefix = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task sends_again_what_is_not_answered_and_lets_the_first_answer_hold()
    {
        await using var ledger = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await ledger.Upload(File(3), mediaType: "application/x-ndjson"));
        var lines = await ledger.Submitted(id, 3);
        await ledger.Answer(lines.Take(1));
        await Eventually.Holds(() => ledger.Submitted(id).Count >= 5, TimeSpan.FromSeconds(30));
        ledger.Submitted(id).Count(l => l.Line == 1).ShouldBe(1);

        await ledger.Answer(lines.Skip(1), "refused", "unknown-card", "Unknown.");
        await ledger.Answer(lines);
        await ledger.Answer(lines, "replayed");
        await ledger.Batch(id, "complete");
        var witness = LedgersSide.IdOf(await ledger.Upload(File(1, "w"), mediaType: "application/x-ndjson"));
        await ledger.Answer(await ledger.Submitted(witness, 1));
        await ledger.Batch(witness, "complete");
        LedgersSide.Counts(await ledger.Batch(id)).ShouldBe([3, 1, 0, 2, 0, 0]);
    }

    [Fact]
    public async Task goes_on_where_it_was_when_the_service_is_killed()
    {
        await using var ledger = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await ledger.Upload(File(9_000), mediaType: "application/x-ndjson"));
        await Eventually.Holds(() => ledger.Submitted(id).Count > 0);
        await service.Restart();
        for (var answered = 0; answered < 9_000;)
        {
            await Eventually.Holds(() => ledger.Submitted(id).DistinctBy(l => l.Line).Count() > answered, TimeSpan.FromSeconds(40));
            var lines = ledger.Submitted(id).DistinctBy(l => l.Line).ToList();
            await ledger.Answer(lines.Skip(answered));
            answered = lines.Count;
        }

        LedgersSide.Counts(await ledger.Batch(id, "complete")).ShouldBe([9_000, 9_000, 0, 0, 0, 0]);
        // Each round is in the order of the file.
        ledger.Submitted(id).DistinctBy(l => l.Line).Select(l => l.Line).ShouldBeInOrder();
    }

    [Fact]
    public async Task withdraws_what_was_not_sent_when_a_batch_is_cancelled()
    {
        await using var ledger = await LedgersSide.Open(service);
        var id = LedgersSide.IdOf(await ledger.Upload(File(9_000), mediaType: "application/x-ndjson"));
        var sent = await ledger.Submitted(id, 4_000);
        (await service.Post($"/v1/batches/{id}/cancellation", new { }, ledger.Token)).Status.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.Holds(async () => (await ledger.Batch(id)).GetProperty("refused").GetInt32() == 5_000);
        (await service.Post($"/v1/batches/{id}/cancellation", new { }, ledger.Token)).Status.ShouldBe(HttpStatusCode.Accepted);
        await ledger.Answer(sent);
        var complete = await ledger.Batch(id, "complete");
        LedgersSide.Counts(complete).ShouldBe([9_000, 4_000, 0, 5_000, 0, 0]);
        complete.GetProperty("cancelled").GetBoolean().ShouldBeTrue();
        ledger.Submitted(id).Max(l => l.Line).ShouldBe(4_000);

        var done = LedgersSide.IdOf(await ledger.Upload(File(1, "d"), mediaType: "application/x-ndjson"));
        await ledger.Answer(await ledger.Submitted(done, 1));
        await ledger.Batch(done, "complete");
        (await service.Post($"/v1/batches/{done}/cancellation", new { }, ledger.Token)).Problem.ShouldBe("batch-sent");
    }

    private string File(int lines, string mark = "t") => string.Concat(Enumerable.Range(0, lines).Select(i =>
        $$"""{"type":"purchase","transactionId":"{{prefix}}{{mark}}{{i}}","occurredAt":"2017-03-01T10:15:00Z","card":"9276000000000001","store":"S1","amount":1,"currency":"EUR"}""" + "\n"));
}
