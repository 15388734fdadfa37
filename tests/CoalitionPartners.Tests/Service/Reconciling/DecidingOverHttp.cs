using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.Contracts.CoalitionPartners.V1;
using static Loyalty.CoalitionPartners.Tests.Service.Reconciling.Books;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>Two operators decide on each difference, and corrections go to the ledger.</summary>
[Collection(nameof(TheService))]
public sealed class DecidingOverHttp(TheService service)
{
    private static string? approver;

    [Fact]
    public async Task sends_the_missing_line_to_the_ledger_once_two_people_agree()
    {
        await using var books = await Open(service);
        var id = IdOf(await books.Reconciled([Purchase("1", 2590, 25)]));
        (await As("approval", id)).Problem.ShouldBe("decision-not-proposed");
        (await Assign(id, 1, "anna")).Body.GetProperty("state").GetString().ShouldBe("assigned");
        (await Assign(id, 1, "anna")).Status.ShouldBe(HttpStatusCode.OK);
        (await Propose(id, 1, "correct", "It came late.")).Body.GetProperty("state").GetString().ShouldBe("proposed");
        (await Propose(id, 1, "correct", "It came late.")).Status.ShouldBe(HttpStatusCode.OK);
        (await Propose(id, 1, "accept", "It came late.")).Problem.ShouldBe("decision-proposed");
        var same = await service.Post($"/v1/reconciliations/{id}/items/1/approval", new { });
        (same.Status, same.Problem).ShouldBe((HttpStatusCode.Forbidden, "same-person"));

        var approved = await As("approval", id);
        approved.Body.GetProperty("state").GetString().ShouldBe("decided", approved.Text);
        var batch = approved.Body.GetProperty("correctionBatchId").GetGuid();
        (await As("approval", id)).Body.GetProperty("correctionBatchId").GetGuid().ShouldBe(batch);
        var sent = (await books.Ledger.Submitted(batch, 1)).ShouldHaveSingleItem();
        (sent.Kind, sent.TransactionId, sent.AmountMinor, sent.Card, sent.Store, sent.Points, sent.OccurredAt).ShouldBe(
            ("purchase", "1", 2590L, "9276000000000001", "S1", null, Noon));
        (sent.PartnerId, sent.SubmittedBy, sent.MayBackdate).ShouldBe((books.Partner, "operator:approver", true));
        await books.Ledger.Answer([sent]);
        await books.Ledger.Batch(batch, "complete");

        var item = (await service.Get($"/v1/reconciliations/{id}/items/1", books.Ledger.Token)).Body;
        item.GetProperty("item").GetProperty("decidedBy").GetString().ShouldBe("approver");
        item.GetProperty("history").EnumerateArray().Select(s => (s.GetProperty("what").GetString(), s.GetProperty("by").GetString()))
            .ShouldBe([("assigned", "operator"), ("proposed", "operator"), ("approved", "approver")]);
        (await books.Count("reconciliation_lines where reconciliation = $1 and content is not null", id)).ShouldBe(0);
        (await Propose(id, 1, "accept", "no")).Problem.ShouldBe("item-decided");
        (await books.Count("batches where partner = $1", books.Partner)).ShouldBe(1);
    }

    [Fact]
    public async Task returns_what_ours_is_too_much_and_buys_what_it_is_too_little_in_every_reconciliation_under_the_same_id()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1", 1000), Purchase("2", 1000)]);
        var first = IdOf(await books.Reconciled([Purchase("1", 850), Purchase("2", 1200)]));
        var (back, more) = (await Corrected(books, first, 1), await Corrected(books, first, 2));
        (back.Kind, back.AmountMinor, back.Purchase, back.Currency, back.Card).ShouldBe(("return", 150L, "1", "EUR", null));
        (more.Kind, more.AmountMinor, more.Purchase, more.Currency, more.Card).ShouldBe(("purchase", 200L, null, "EUR", "9276000000000001"));

        var second = IdOf(await books.Reconciled([Purchase("1", 850), Purchase("2", 1200), Purchase("3")]));
        second.ShouldNotBe(first);
        (await Corrected(books, second, 1)).TransactionId.ShouldBe(back.TransactionId);
        (await Corrected(books, second, 2)).TransactionId.ShouldBe(more.TransactionId);
    }

    [Fact]
    public async Task records_what_no_transaction_can_mend()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1", points: 5), Purchase("gone", minute: 30)]);
        var id = IdOf(await books.Reconciled([Purchase("1", points: 7), Purchase("2", card: ""), new(TransactionKind.RedemptionReversal, "3", Noon, "", Points: 4)]));
        foreach (var item in Enumerable.Range(1, 4)) (await Propose(id, item, "correct", "Please.")).Problem.ShouldBe("correction-not-possible");
        foreach (var (item, decision) in new[] { (1, "accept"), (2, "reject"), (3, "dispute") })
        {
            (await Propose(id, item, decision, "=cmd, \"x\"")).Status.ShouldBe(HttpStatusCode.OK);
            (await As("approval", id, item)).Body.GetProperty("decision").GetString().ShouldBe(decision);
        }

        (await Propose(id, 4, "accept", "It is ours.")).Status.ShouldBe(HttpStatusCode.OK);
        (await As("rejection", id, 4)).Body.GetProperty("state").GetString().ShouldBe("assigned");
        (await As("rejection", id, 4)).Status.ShouldBe(HttpStatusCode.OK);
        (await books.Items(id, "&state=decided")).Count.ShouldBe(3);
        (await books.Count("batches where partner = $1", books.Partner)).ShouldBe(0);

        var report = (await service.Get($"/v1/reconciliations/{id}/report.csv", books.Ledger.Token)).Text.Split("\r\n");
        report.Length.ShouldBe(6);
        report[1].ShouldBe("1,points-differ,false,purchase,2,0001,1,1,2017-03-14T12:00:00.0000000+00:00,2017-03-14T12:00:00.0000000+00:00,EUR,10.00,10.00,0.00,7,5,2,false,decided,operator,"
            + $"accept,\"'=cmd, \"\"x\"\"\",operator,approver,{report[1].Split(',')[^1]}");
        (await service.Get($"/v1/reconciliations/{id}/report.csv?kind=missing-there", books.Ledger.Token)).Text.Split("\r\n").Length.ShouldBe(3);
    }

    [Fact]
    public async Task refuses_decisions_that_cant_be_read_and_items_that_are_not_there()
    {
        await using var books = await Open(service);
        var id = IdOf(await books.Reconciled([Purchase("1")]));
        (await Propose(id, 2, "accept", "x")).Problem.ShouldBe("item-unknown");
        (await Propose(Guid.NewGuid(), 1, "accept", "x")).Problem.ShouldBe("item-unknown");
        (await Assign(id, 2, "anna")).Problem.ShouldBe("item-unknown");
        (await As("approval", id, 7)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post($"/v1/reconciliations/{id}/items/99999999999/approval", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Propose(id, 1, "forget", "x")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Propose(id, 1, "accept", " ")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Propose(id, 1, "accept", "a\nb")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Propose(id, 1, "accept", new string('x', 501))).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Assign(id, 1, "' or 1=1--")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.PostText($"/v1/reconciliations/{id}/items/1/decision", """{"decision":"accept","reason":"x","isAdmin":true}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.PostText($"/v1/reconciliations/{id}/items/1/decision", """{"decision":"accept"}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task shows_how_old_undecided_items_are()
    {
        await using var books = await Open(service);
        var id = IdOf(await books.Reconciled([.. Enumerable.Range(1, 5).Select(i => Purchase($"{i}", i * 100, 1)), new(TransactionKind.Redemption, "6", Noon, "", Points: 4)]));
        foreach (var (item, days) in new[] { (1, 0), (2, 8), (3, 9), (4, 91), (5, 31) })
            await books.Scalar("update reconciliation_items set found_at = now() - make_interval(days => $3) where reconciliation = $1 and item = $2", id, item, days);
        (await Ages(books)).ShouldBe([("0-7", "EUR", 1, 1.00m, 1), ("0-7", null, 1, null, 4), ("8-30", "EUR", 2, 5.00m, 2), ("31-90", "EUR", 1, 5.00m, 1), ("91-", "EUR", 1, 4.00m, 1)]);
        await Propose(id, 4, "accept", "Too old.");
        await As("approval", id, 4);
        (await Ages(books)).ShouldNotContain(age => age.Days == "91-");
        (await service.Get("/v1/reconciliations/ageing")).Text.ShouldContain(books.Partner.ToString());
    }

    private async Task<IReadOnlyList<(string? Days, string? Currency, int Items, decimal? Amount, int Points)>> Ages(Books books) =>
    [
        .. (await service.Get("/v1/reconciliations/ageing", books.Ledger.Token)).Body.EnumerateArray().Select(a => (
            a.GetProperty("days").GetString(), a.GetProperty("currency").GetString(), a.GetProperty("items").GetInt32(),
            a.GetProperty("amount") is { ValueKind: JsonValueKind.Number } amount ? amount.GetDecimal() : (decimal?)null, a.GetProperty("points").GetInt32())),
    ];

    private async Task<TransactionSubmitted> Corrected(Books books, Guid id, int item)
    {
        (await Propose(id, item, "correct", "The till was wrong.")).Status.ShouldBe(HttpStatusCode.OK);
        var approved = await As("approval", id, item);
        approved.Status.ShouldBe(HttpStatusCode.OK, approved.Text);
        return (await books.Ledger.Submitted(approved.Body.GetProperty("correctionBatchId").GetGuid(), 1)).ShouldHaveSingleItem();
    }

    private Task<Reply> Assign(Guid id, int item, string owner) => service.Post($"/v1/reconciliations/{id}/items/{item}/assignment", new { owner });

    private Task<Reply> Propose(Guid id, int item, string decision, string reason) => service.Post($"/v1/reconciliations/{id}/items/{item}/decision", new { decision, reason });

    private async Task<Reply> As(string what, Guid id, int item = 1) =>
        await service.Post($"/v1/reconciliations/{id}/items/{item}/{what}", new { }, approver ??= await service.Token("approver", TheService.ApproverSecret));
}
