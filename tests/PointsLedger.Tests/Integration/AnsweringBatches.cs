using System.Globalization;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Messaging;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Partners = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Tests.Integration;

/// <summary>Every line of a batch is answered, whatever becomes of it.</summary>
[Collection(nameof(RunningLedger))]
public sealed class AnsweringBatches(RunningLedger ledger) : IAsyncLifetime
{
    private readonly Till till = ledger.Till(ledger.Grocery);
    private readonly DateTimeOffset at = DateTimeOffset.UtcNow;
    private readonly Guid batch = Guid.NewGuid();
    private Testing.Messages wire = null!;

    public async ValueTask InitializeAsync()
    {
        wire = await Testing.Messages.Connect(ledger.Broker);
        await wire.Observe([typeof(TransactionAnswered)]);
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    [Fact]
    public async Task says_of_each_line_what_became_of_it_and_parks_none()
    {
        var member = await ledger.Enrol();
        var (bought, other) = (ledger.NewId(), ledger.NewId());
        await Submit(
            Purchase(1, bought, member.Card, 100_00),
            Purchase(2, bought, member.Card, 100_00),
            Purchase(3, bought, member.Card, 90_00),
            Purchase(4, ledger.NewId(), RunningLedger.WithLuhn("627648500000777"), 1_00),
            Purchase(5, ledger.NewId(), member.Card, 1_00) with { AmountMinor = null },
            Purchase(6, ledger.NewId(), member.Card, -1_00),
            Redemption(7, ledger.NewId(), member.Card, 1_000),
            Redemption(8, other, member.Card, 30),
            Return(9, ledger.NewId(), bought, 40_00),
            Return(10, ledger.NewId(), "never-was", 1_00));

        var answers = await Answers(10);
        answers.Select(a => (a.Line, a.Outcome, a.Code, a.Points, a.Balance)).ShouldBe(
        [
            (1, "accepted", null, 100L, 100L), (2, "replayed", null, 100L, 100L), (3, "differs", "transaction-differs", null, null),
            (4, "refused", "unknown-card", null, null), (5, "refused", "malformed-request", null, null), (6, "refused", "invalid-request", null, null),
            (7, "refused", "insufficient-points", null, null), (8, "accepted", null, -30L, 70L), (9, "accepted", null, -40L, 30L),
            (10, "refused", "unknown-transaction", null, null),
        ]);
        answers.ShouldAllBe(a => a.PartnerId == ledger.Grocery.Id && (a.Code == null || a.Detail!.Length > 10));
        (await till.Balance(member)).ShouldBe(30);
        (await new DeadLetters(ledger.Broker).List(1_000)).SelectMany(q => q.First).ShouldNotContain(letter => letter.Body.Contains(batch.ToString()));
        (await ledger.Count($"lines_in_hand where batch_id = '{batch}'")).ShouldBe(0);
    }

    [Fact]
    public async Task answers_a_line_that_is_submitted_again_and_posts_it_once()
    {
        var member = await ledger.Enrol();
        var line = Purchase(1, ledger.NewId(), member.Card, 5_00);
        await Submit(line);
        await Answers(1);
        await Submit(line);
        (await Answers(2)).Select(a => (a.Outcome, a.Points)).ShouldBe([("accepted", 5L), ("replayed", 5L)], ignoreOrder: true);
        (await till.Balance(member)).ShouldBe(5);
    }

    [Fact]
    public async Task knows_the_line_that_it_posted_before_it_was_killed()
    {
        var member = await ledger.Enrol();
        var (mine, theirs) = (Purchase(1, ledger.NewId(), member.Card, 5_00), Purchase(2, ledger.NewId(), member.Card, 7_00));
        await Submit(mine);
        await Submit(theirs);
        await Answers(2);
        // What is there when the lane has committed and the inbox has not.
        await ledger.Tamper($"insert into lines_in_hand values ('{mine.PartnerId}', '{mine.TransactionId}', '{batch}', 1)");
        await Submit(mine, theirs);
        (await Answers(4)).Select(a => (a.Line, a.Outcome)).ShouldBe([(1, "accepted"), (1, "accepted"), (2, "accepted"), (2, "replayed")], ignoreOrder: true);
        (await till.Balance(member)).ShouldBe(12);
    }

    [Fact]
    public async Task hands_everything_that_a_till_could_have_sent_through()
    {
        var member = await ledger.Enrol();
        var (bought, back) = (ledger.NewId(), ledger.NewId());
        var time = at.ToString("O", CultureInfo.InvariantCulture);
        await Submit(
            Purchase(1, bought, member.Card, 5_00) with
            {
                Lines = [new(3_00, "milk", "dairy"), new(2_00)], Tender = "cash", Terminal = "T7", PromoCodes = ["SPRING"],
            },
            Return(2, back, bought, 3_00) with { ReturnedLines = [new(0, 3_00)] });
        (await Answers(2)).ShouldAllBe(a => a.Outcome == "accepted");

        // The record takes the same request from a till for a repeat, and any other for another.
        var receipt = new
        {
            transactionId = bought, card = member.Card, store = "MAIN", amount = 5, currency = "EUR", occurredAt = time, tender = "cash", terminal = "T7",
            lines = new object[] { new { product = "milk", category = "dairy", amount = 3 }, new { amount = 2 } }, promoCodes = new[] { "SPRING" },
        };
        (await till.Post("/v1/purchases", receipt)).ShouldBe(201);
        (await till.Buy(member, 5, bought, time)).ShouldBeRefused(422, "transaction-differs");
        (await till.Post($"/v1/purchases/{bought}/returns", new
        {
            transactionId = back, amount = 3, currency = "EUR", occurredAt = time, lines = new[] { new { line = 0, amount = 3 } },
        })).ShouldBe(201);
    }

    private Task Submit(params Partners.TransactionSubmitted[] lines) => wire.Publish([.. lines.Select(line => (Guid.NewGuid(), (object)line))]);

    private async Task<IReadOnlyList<TransactionAnswered>> Answers(int count)
    {
        IReadOnlyList<TransactionAnswered> answers = [];
        await Eventually.Holds(() =>
        {
            answers = [.. wire.Received.SelectMany(Testing.Messages.Read<TransactionAnswered>).Where(a => a.BatchId == batch).OrderBy(a => a.Line)];
            return answers.Count == count;
        });
        return answers;
    }

    private Partners.TransactionSubmitted Purchase(int line, string id, string card, long cents) =>
        new(ledger.Grocery.Id, id, "purchase", card, "MAIN", cents, "EUR", null, null, at, false, "partner:GROCERY/batch", batch, line);

    private Partners.TransactionSubmitted Redemption(int line, string id, string card, long points) =>
        new(ledger.Grocery.Id, id, "redemption", card, "MAIN", null, null, points, null, at, false, "partner:GROCERY/batch", batch, line);

    private Partners.TransactionSubmitted Return(int line, string id, string purchase, long cents) =>
        new(ledger.Grocery.Id, id, "return", null, null, cents, "EUR", null, purchase, at, false, "partner:GROCERY/batch", batch, line);
}
