using System.Net;
using System.Text.Json;
using static Loyalty.CoalitionPartners.Tests.Service.Reconciling.Books;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>Partners send their books, and learn in what they differ from ours.</summary>
[Collection(nameof(TheService))]
public sealed class ReconcilingBooks(TheService service)
{
    [Fact]
    public async Task finds_exactly_the_fifty_differences_that_were_planted_among_two_thousand_transactions()
    {
        var planted = new PlantedDifferences(seed: 2017);
        planted.All.Count.ShouldBe(50);
        await using var books = await Open(service);
        await books.Tell(planted.Ours);

        var reconciliation = await books.Reconciled(planted.Theirs);
        reconciliation.GetProperty("lines").GetInt32().ShouldBe(planted.Theirs.Count);
        var items = await books.Items(IdOf(reconciliation));
        items.Select(Told).OrderBy(p => p.ToString(), StringComparer.Ordinal).ShouldBe(planted.All.OrderBy(p => p.ToString(), StringComparer.Ordinal));
        items.Select(i => i.GetProperty("item").GetInt32()).ShouldBe(Enumerable.Range(1, 50));

        reconciliation.GetProperty("explained").GetBoolean().ShouldBeTrue();
        foreach (var total in reconciliation.GetProperty("totals").EnumerateArray())
        {
            var kind = total.GetProperty("kind").GetString()!;
            var (ours, theirs) = (planted.Ours.Where(o => o.Kind == kind).ToList(), planted.Theirs.Where(t => t.Kind == kind).ToList());
            (total.GetProperty("there").GetProperty("count").GetInt32(), total.GetProperty("here").GetProperty("count").GetInt32()).ShouldBe((theirs.Count, ours.Count), kind);
            total.GetProperty("here").GetProperty("points").GetInt64().ShouldBe(ours.Sum(o => o.Points!.Value), kind);
            total.GetProperty("items").GetProperty("points").GetInt64().ShouldBe(planted.All.Where(p => p.Of == kind).Sum(p => p.Points), kind);
            if (!ours[0].HasAmount) continue;
            total.GetProperty("difference").GetProperty("amount").GetDecimal().ShouldBe((theirs.Sum(t => t.Amount) - ours.Sum(o => o.Amount)) / 100m, kind);
            total.GetProperty("items").GetProperty("amount").GetDecimal().ShouldBe(planted.All.Where(p => p.Of == kind).Sum(p => p.Amount) / 100m, kind);
        }

        (await books.Items(IdOf(reconciliation), "&kind=duplicate")).Count.ShouldBe(6);
        (await books.Items(IdOf(reconciliation), "&kind=duplicate&state=decided")).ShouldBeEmpty();
    }

    [Fact]
    public async Task takes_the_same_book_again_for_the_same_reconciliation()
    {
        await using var books = await Open(service);
        var first = await books.Reconciled([Purchase("1")]);
        var again = await books.Upload([Purchase("1")]);
        (again.Status, IdOf(again.Body)).ShouldBe((HttpStatusCode.OK, IdOf(first)));
        var atOnce = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => books.Upload([Purchase("1"), Purchase("2")])));
        atOnce.Select(r => IdOf(r.Body)).Distinct().ShouldHaveSingleItem().ShouldNotBe(IdOf(first));
        atOnce.Count(r => r.Status == HttpStatusCode.Accepted).ShouldBe(1);
        (await books.Upload([Purchase("1")], "?from=2017-03-14T00:00:00Z&until=2017-04-01T00:00:00Z&rule=0")).Status.ShouldBe(HttpStatusCode.Accepted);

        (await books.Upload([Purchase("1")], key: "march")).Status.ShouldBe(HttpStatusCode.Accepted);
        (await books.Upload([Purchase("1")], key: "march")).Status.ShouldBe(HttpStatusCode.OK);
        (await books.Upload([Purchase("2")], key: "march")).Problem.ShouldBe("reconciliation-differs");
        (await service.Get("/v1/reconciliations", books.Ledger.Token)).Body.GetProperty("items").GetArrayLength().ShouldBe(4);
        (await books.Count("reconciliations where partner = $1", books.Partner)).ShouldBe(4);
    }

    [Fact]
    public async Task compares_what_a_batch_sent_with_what_became_of_it()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1", points: 10), Purchase("3", amount: 900)]);
        var batch = LedgersSide.IdOf(await books.Ledger.Upload(
            Header + string.Concat(new[] { Purchase("1"), Purchase("2"), Purchase("3") }.Select(p => (p with { Points = null }).Line)) + "bad\n"));
        var query = $"{March}&batch={batch}";
        var reply = await books.Upload("", query);
        reply.Status.ShouldBe(HttpStatusCode.Accepted, reply.Text);
        var id = IdOf(await books.Complete(IdOf(reply.Body)));
        (await books.Items(id)).Select(Told).ShouldBe([new("missing-here", "purchase", "2", null, 1000, 0), new("amount-differs", "purchase", "3", "3", 100, 0)]);
        IdOf((await books.Upload("", query)).Body).ShouldBe(id);

        await using var others = await Open(service);
        (await others.Upload("", query)).Problem.ShouldBe("not-found");
    }

    [Fact]
    public async Task forgets_cards_that_no_correction_needs()
    {
        await using var books = await Open(service);
        await books.Tell([Purchase("1"), Purchase("2", amount: 900)]);
        var id = IdOf(await books.Reconciled([Purchase("1"), Purchase("2"), Purchase("3"), Purchase("3")]));
        (await books.Scalar("select string_agg(line::text, ',' order by line) from reconciliation_lines where reconciliation = $1 and content is not null", id)).ShouldBe("3,4");
        (await books.Count("partner_transactions t where partner = $1 and t::text like '%9276000000000001%'", books.Partner)).ShouldBe(0);
        (await books.Count("partner_transactions where partner = $1 and length(card) = 32", books.Partner)).ShouldBe(2);
        (await books.Items(id))[0].GetProperty("cardEnd").GetString().ShouldBe("0001");
    }

    [Fact]
    public async Task hides_a_reconciliation_from_everybody_but_its_partner_and_the_operator()
    {
        await using var mine = await Open(service);
        await using var theirs = await Open(service);
        var id = IdOf(await mine.Reconciled([Purchase("1")]));
        foreach (var path in new[] { "", "/items", "/items/1", "/report.csv" })
        {
            (await service.Get($"/v1/reconciliations/{id}{path}", theirs.Ledger.Token)).Problem.ShouldBe("not-found", path);
            (await service.Get($"/v1/reconciliations/{id}{path}", "")).Status.ShouldBe(HttpStatusCode.Unauthorized, path);
            (await service.Get($"/v1/reconciliations/{id}{path}")).Status.ShouldBe(HttpStatusCode.OK, path);
        }

        (await theirs.Upload([Purchase("1")], $"{March}&partner={mine.Partner}")).Problem.ShouldBe("not-found");
        (await mine.Upload([Purchase("1")], $"{March}&partner={mine.Partner}")).Status.ShouldBe(HttpStatusCode.OK);
        IdOf((await mine.Upload([Purchase("1")], $"{March}&partner={mine.Partner}", service.Operator)).Body).ShouldBe(id);
        (await mine.Upload([Purchase("1")], $"{March}&partner={Guid.NewGuid()}", service.Operator)).Problem.ShouldBe("partner-unknown");
        (await mine.Upload([Purchase("1")], March, service.Operator)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await service.Post($"/v1/reconciliations/{id}/items/1/assignment", new { owner = "anna" }, mine.Ledger.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.PutText("/v1/reconciliation-rule", "{}", mine.Ledger.Token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get($"/v1/reconciliations/{id}", await service.PartnerToken(mine.Partner, "ledger.post"))).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("", 400), InlineData(Header, 400), InlineData("type;transactionId\n", 400), InlineData("PK\u0003\u0004", 415)]
    [InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,,,10.00,EUR,,\npurchase,2,2017-03-14T12:00:00Z,,,abc,EUR,,\n", 400)]
    [InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,,,-0,EUR,,\n", 422), InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,,,1.001,EUR,,\n", 422)]
    [InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,,,1,XXX,,\n", 422), InlineData(Header + "purchase,1,2017-02-30T12:00:00Z,,,1,EUR,,\n", 400)]
    [InlineData(Header + "purchase,1,2017-03-14T12:00:00,,,1,EUR,,\n", 400), InlineData(Header + "purchase,1,2017-02-28T23:59:59Z,,,1,EUR,,\n", 422)]
    [InlineData(Header + "purchase,1,2017-04-01T00:00:00Z,,,1,EUR,,\n", 422), InlineData(Header + "redemption,1,2017-03-14T12:00:00Z,,,,,0,\n", 422)]
    [InlineData(Header + "redemption,1,2017-03-14T12:00:00Z,,,1,EUR,5,\n", 400), InlineData(Header + "gift,1,2017-03-14T12:00:00Z,,,,,5,\n", 400)]
    [InlineData(Header + "purchase,a b,2017-03-14T12:00:00Z,,,1,EUR,,\n", 400), InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,\0,,1,EUR,,\n", 400)]
    [InlineData(Header + "purchase,1,2017-03-14T12:00:00Z,,,1,EUR,99999999999999999999,\n", 400), InlineData(Header + "\"open", 400)]
    public async Task keeps_nothing_of_a_book_that_cant_be_read(string text, int status)
    {
        await using var books = await Open(service);
        var reply = await books.Upload(text);
        ((int)reply.Status).ShouldBe(status, reply.Text);
        reply.Body.GetProperty("type").GetString()!.ShouldStartWith("urn:loyalty:problem:");
        (await books.Count("reconciliations where partner = $1", books.Partner)).ShouldBe(0);
    }

    [Theory]
    [InlineData("?until=2017-04-01T00:00:00Z"), InlineData("?from=2017-03-01T00:00:00Z"), InlineData("?from=2017-03-01&until=2017-04-01T00:00:00Z")]
    [InlineData("?from=2017-04-01T00:00:00Z&until=2017-04-01T00:00:00Z"), InlineData(March + "x"), InlineData(March + "&batch=nonsense"), InlineData(March + "&partner=x")]
    public async Task refuses_a_period_or_a_choice_that_cant_be_read(string query)
    {
        await using var books = await Open(service);
        (await books.Upload([Purchase("1")], query)).Status.ShouldBe(HttpStatusCode.BadRequest, query);
    }

    [Fact]
    public async Task refuses_what_it_does_not_know()
    {
        await using var books = await Open(service);
        (await books.Upload([Purchase("1")], March.Replace("rule=0", "rule=4711", StringComparison.Ordinal))).Problem.ShouldBe("rule-unknown");
        (await books.Upload([Purchase("1")], $"{March}&batch={Guid.NewGuid()}")).Problem.ShouldBe("not-found");
        (await books.Upload("x", mediaType: "application/zip")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var id = IdOf(await books.Reconciled([Purchase("1")]));
        foreach (var bad in new[] { "kind=lost", "state=lost", "limit=-1", "limit=1000000000", "cursor=x" })
            (await service.Get($"/v1/reconciliations/{id}/items?{bad}", books.Ledger.Token)).Status.ShouldBe(HttpStatusCode.BadRequest, bad);
        (await service.Get($"/v1/reconciliations/{id}/items/2", books.Ledger.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get($"/v1/reconciliations/{id}/items/0", books.Ledger.Token)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    internal static Planted Told(JsonElement item) => new(
        item.GetProperty("kind").GetString()!, item.GetProperty("transactionKind").GetString()!, Id(item, "there"), Id(item, "here"),
        item.GetProperty("difference") is { ValueKind: JsonValueKind.Object } money ? (long)(money.GetProperty("amount").GetDecimal() * 100) : 0,
        item.GetProperty("pointsDifference").GetInt64(), item.GetProperty("ambiguous").GetBoolean());

    private static string? Id(JsonElement item, string side) =>
        item.GetProperty(side) is { ValueKind: JsonValueKind.Object } entry ? entry.GetProperty("transactionId").GetString() : null;
}
