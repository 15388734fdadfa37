using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using static Loyalty.CoalitionPartners.Tests.Service.Reconciling.Books;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>What the coalition's rule takes for one transaction, and which differences it accepts by itself.</summary>
[Collection(nameof(TheService))]
public sealed class MatchingByRule(TheService service)
{
    [Fact]
    public async Task keeps_every_version_of_the_rule_and_each_reconciliation_with_its_own()
    {
        var first = await Publish(120, 5, 1, byCard: true);
        (await Put(120, 5, 1, byCard: true)).Status.ShouldBe(HttpStatusCode.OK);
        var second = await Publish(120, 5, 2, byCard: false);
        second.ShouldBe(first + 1);
        (await service.Get("/v1/reconciliation-rule")).Body.EnumerateArray().Select(r => r.GetProperty("version").GetInt32()).ShouldBe(Enumerable.Range(0, second + 1));

        await using var books = await Open(service);
        (await books.Reconciled([Purchase("1")], Rule(first))).GetProperty("rule").GetInt32().ShouldBe(first);
        (await books.Reconciled([Purchase("1")], March.Replace("&rule=0", "", StringComparison.Ordinal))).GetProperty("rule").GetInt32().ShouldBe(second);
        foreach (var bad in new[] { """{"timeSeconds":-1,"amountMinor":0,"points":0,"byCard":true}""", """{"timeSeconds":0,"amountMinor":1000001,"points":0,"byCard":true}""" })
            (await service.PutText("/v1/reconciliation-rule", bad)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity, bad);
        foreach (var bad in new[] { "{}", """{"timeSeconds":1e2,"amountMinor":0,"points":0,"byCard":true}""", """{"timeSeconds":"1","amountMinor":0,"points":0,"byCard":true}""", "null" })
            (await service.PutText("/v1/reconciliation-rule", bad)).Status.ShouldBe(HttpStatusCode.BadRequest, bad);
    }

    [Fact]
    public async Task accepts_by_itself_what_the_rule_tolerates_and_explains_it_all_the_same()
    {
        var rule = await Publish(60, 5, 1, byCard: true);
        await using var books = await Open(service);
        await books.Tell([Purchase("1", 1000, 10), Purchase("2", 1000, 10), Purchase("3", 1000, 10)]);
        var shown = await books.Reconciled([Purchase("1", 1005, 9), Purchase("2", 1006, 10), Purchase("3", 1000, 12)], Rule(rule));
        (await books.Items(IdOf(shown))).Select(i => (i.GetProperty("kind").GetString(), i.GetProperty("tolerated").GetBoolean(), i.GetProperty("state").GetString(), i.GetProperty("decidedBy").GetString()))
            .ShouldBe([("amount-differs", true, "decided", $"rule:{rule}"), ("amount-differs", false, "open", null), ("points-differ", false, "open", null)]);
        shown.GetProperty("explained").GetBoolean().ShouldBeTrue();
        shown.GetProperty("totals")[0].GetProperty("difference").GetProperty("amount").GetDecimal().ShouldBe(0.11m);
        (await service.Post($"/v1/reconciliations/{IdOf(shown)}/items/1/assignment", new { owner = "anna" })).Problem.ShouldBe("item-decided");
    }

    [Fact]
    public async Task matches_by_card_only_at_the_same_card_kind_and_currency_and_within_the_tolerances()
    {
        var rule = await Publish(60, 5, 1, byCard: true);
        await using var books = await Open(service);
        await books.Tell([.. Enumerable.Range(0, 8).Select(i => Purchase($"our-{i}", card: $"927600000000000{i}", minute: i * 10))]);
        Posted Theirs(int i, string? card = null, long amount = 1000, long points = 10, int seconds = 0, string currency = "EUR") =>
            new(TransactionKind.Purchase, $"their-{i}", Noon.AddMinutes(i * 10).AddSeconds(seconds), card ?? $"927600000000000{i}", amount, points, null, currency);
        var shown = await books.Reconciled(
        [
            Theirs(0), Theirs(1, seconds: 60), Theirs(2, seconds: 61), Theirs(3, amount: 1005, points: 11), Theirs(4, amount: 1006), Theirs(5, points: 12),
            Theirs(6, card: "9276000000000009"), Theirs(7, currency: "USD"),
        ], Rule(rule));
        (await books.Items(IdOf(shown))).Select(i => ReconcilingBooks.Told(i)).Where(p => p.There is not null).Select(p => (p.Kind, p.There))
            .ShouldBe([("missing-here", "their-2"), ("amount-differs", "their-3"), ("missing-here", "their-4"), ("missing-here", "their-5"), ("missing-here", "their-6"), ("missing-here", "their-7")]);
        shown.GetProperty("explained").GetBoolean().ShouldBeTrue();
        shown.GetProperty("totals").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task counts_a_transaction_of_another_day_only_if_a_line_tells_of_it()
    {
        await using var books = await Open(service);
        var before = Purchase("late") with { At = new(2017, 2, 28, 23, 59, 0, TimeSpan.Zero) };
        await books.Tell([before, before with { Id = "february", Card = "9276000000000002" }]);
        var shown = await books.Reconciled([before with { At = new(2017, 3, 1, 0, 1, 0, TimeSpan.Zero) }]);
        shown.GetProperty("items").GetInt32().ShouldBe(0);
        shown.GetProperty("totals")[0].GetProperty("here").GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task tells_what_a_draft_of_the_rule_would_change_and_writes_nothing()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1", 1000), Purchase("2", 1000, card: "9276000000000002"), Purchase("3", 700, card: "9276000000000003")]);
        var id = IdOf(await books.Reconciled([Purchase("1", 1003), Purchase("till-2", 1002, card: "9276000000000002"), Purchase("4", 50, card: "9276000000000004")]));
        var before = await Everything(books, id);
        var tried = await service.Post($"/v1/reconciliations/{id}/dry-run", new { timeSeconds = 60, amountMinor = 5, points = 0, byCard = true });
        tried.Status.ShouldBe(HttpStatusCode.OK, tried.Text);
        (await Everything(books, id)).ShouldBe(before);

        tried.Body.GetProperty("kinds").EnumerateArray().Select(k => (k.GetProperty("kind").GetString(), Count(k, "now"), Count(k, "then")))
            .ShouldBe([("missing-here", 2, 1), ("missing-there", 2, 1), ("amount-differs", 1, 2)]);
        (tried.Body.GetProperty("toleratedNow").GetInt32(), tried.Body.GetProperty("toleratedThen").GetInt32(), tried.Body.GetProperty("allChanges").GetInt32()).ShouldBe((0, 2, 3));
        tried.Body.GetProperty("changes").EnumerateArray().Select(c => (c.GetProperty("transactionId").GetString(), c.GetProperty("now").GetString(), c.GetProperty("then").GetString()))
            .ShouldBe([("1", "amount-differs", "amount-differs"), ("till-2", "missing-here", "amount-differs"), ("2", "missing-there", null)]);
        (await service.Post($"/v1/reconciliations/{id}/dry-run", new { timeSeconds = 300, amountMinor = 0, points = 0, byCard = true })).Body.GetProperty("allChanges").GetInt32().ShouldBe(0);
        (await service.Post($"/v1/reconciliations/{id}/dry-run", new { timeSeconds = -1, amountMinor = 0, points = 0, byCard = true })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.Post($"/v1/reconciliations/{Guid.NewGuid()}/dry-run", new { timeSeconds = 1, amountMinor = 0, points = 0, byCard = true })).Problem.ShouldBe("not-found");
    }

    private static int Count(JsonElement kind, string when) => kind.GetProperty(when).GetProperty("count").GetInt32();

    private static async Task<object?> Everything(Books books, Guid id) => await books.Scalar(
        """
        select md5(string_agg(t, '|' order by t)) from (
            select l::text as t from reconciliation_lines l where reconciliation = $1 union all select i::text from reconciliation_items i where reconciliation = $1
            union all select m::text from reconciliation_missing m where reconciliation = $1 union all select r::text from reconciliations r where id = $1) everything
        """, id);

    private static string Rule(int version) => March.Replace("rule=0", $"rule={version}", StringComparison.Ordinal);

    private async Task<int> Publish(int timeSeconds, long amountMinor, long points, bool byCard)
    {
        var reply = await Put(timeSeconds, amountMinor, points, byCard);
        ((int)reply.Status).ShouldBeInRange(200, 201, reply.Text);
        return reply.Body.GetProperty("version").GetInt32();
    }

    private Task<Reply> Put(int timeSeconds, long amountMinor, long points, bool byCard) =>
        service.PutText("/v1/reconciliation-rule", JsonSerializer.Serialize(new { timeSeconds, amountMinor, points, byCard }));
}
