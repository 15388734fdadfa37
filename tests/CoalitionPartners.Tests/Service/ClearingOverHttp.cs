using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Tests.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static System.Globalization.CultureInfo;

namespace Loyalty.CoalitionPartners.Tests.Service;

// Cycles are closed in the order of time, so this class has a service of its own and each test months after those of the test before.
public sealed class ClearingOverHttp(TheService service) : IClassFixture<TheService>
{
    private static int months;
    private static string? approver;

    private readonly CycleId cycle = CycleId.Of(Cadence.Monthly, new DateOnly(2016, 2, 1).AddMonths(3 * Interlocked.Increment(ref months)));

    [Fact]
    public async Task closes_a_cycle_with_two_people_and_nets_it_to_zero()
    {
        var (grocery, code) = await service.Admit(issuePrice: 0.010m, redeemPrice: 0.008m);
        var (fuel, _) = await service.Admit(issuePrice: 0.020m, redeemPrice: 0.010m);
        await Publish(Purchase(grocery, 1000), Purchase(grocery, 50), Purchase(fuel, 50), Redemption(fuel, 300));
        await Shows(grocery, issued: 1050);
        await Shows(fuel, issued: 50);
        (await Statement(grocery)).Body.GetProperty("preliminary").GetBoolean().ShouldBeTrue();

        (await Approve()).Problem.ShouldBe("closing-not-proposed");
        (await Propose()).Body.GetProperty("status").GetString().ShouldBe("collecting");
        (await Propose()).Status.ShouldBe(HttpStatusCode.OK);
        var same = await service.Post($"/v1/clearing/cycles/{cycle}/closing/approval", new { });
        (same.Status, same.Problem).ShouldBe((HttpStatusCode.Forbidden, "same-person"));
        (await Approve()).Body.GetProperty("status").GetString().ShouldBe("closing");
        (await Approve()).Status.ShouldBe(HttpStatusCode.OK);
        await IsClosed();

        var shown = (await service.Get($"/v1/clearing/cycles/{cycle}")).Body;
        shown.GetProperty("preliminary").GetBoolean().ShouldBeFalse();
        var netting = shown.GetProperty("currencies").EnumerateArray().ShouldHaveSingleItem();
        Amount(netting, "total").ShouldBe(0m);
        var positions = netting.GetProperty("positions").EnumerateArray().ToDictionary(p => p.GetProperty("partner").GetGuid());
        Amount(netting, "coalition").ShouldBe(-positions.Values.Sum(p => Amount(p, "net")));
        Amount(positions[grocery], "net").ShouldBe(-10.50m);
        Amount(positions[fuel], "net").ShouldBe(2.00m);
        positions[grocery].GetProperty("code").GetString().ShouldBe(code);
        var listed = (await service.Get("/v1/clearing/cycles?limit=200")).Body.GetProperty("items").EnumerateArray().Single(c => c.GetProperty("cycleId").GetString() == cycle.ToString());
        listed.GetProperty("closing").GetProperty("approvedBy").GetString().ShouldBe("approver");
    }

    [Fact]
    public async Task stays_open_when_the_second_person_rejects()
    {
        var (grocery, _) = await service.Admit();
        await Publish(Purchase(grocery, 10));
        await Shows(grocery, issued: 10);
        await Propose();
        (await As("rejection")).Body.GetProperty("closing").ValueKind.ShouldBe(JsonValueKind.Null);
        (await As("rejection")).Status.ShouldBe(HttpStatusCode.OK);
        (await Approve()).Problem.ShouldBe("closing-not-proposed");
        await Close();
    }

    [Fact]
    public async Task takes_what_comes_late_into_the_next_cycle_and_leaves_the_closed_one_as_it_is()
    {
        var (grocery, _) = await service.Admit(issuePrice: 0.010m);
        await Publish(Purchase(grocery, 100), Purchase(grocery, 40), Redemption(grocery, 10));
        await Shows(grocery, issued: 140);
        await Close();
        var before = await Everything(grocery);

        await Publish(Purchase(grocery, 30), Purchase(grocery, 7, cycle.Next()), Return(grocery, 5));
        await Shows(grocery, issued: 32, cycle.Next());
        (await Everything(grocery)).ShouldBe(before);

        var next = (await Statement(grocery, cycle.Next())).Body;
        next.GetProperty("lines").EnumerateArray().Select(l => (l.GetProperty("lateFrom").GetString(), l.GetProperty("points").GetInt64(), l.GetProperty("reversals").GetInt64()))
            .ShouldBe([(cycle.ToString(), 25L, 1L), (null, 7L, 0L)]);
        Amount(next, "broughtForward").ShouldBe(-1.40m + 0.08m);
        Amount(next, "carriedForward").ShouldBe(-1.40m + 0.08m - 0.25m - 0.07m);
        var late = next.GetProperty("lines")[0].GetProperty("lineId").GetString();
        late.ShouldBe($"{cycle}.issue.v1.0.01");
        (await Postings(grocery, late!, cycle.Next())).Select(p => p.GetProperty("points").GetInt64()).ShouldBe([30L, -5L], ignoreOrder: true);
        await Close(cycle.Next());
    }

    [Fact]
    public async Task goes_on_where_it_was_killed_between_the_cut_and_the_end()
    {
        var (grocery, _) = await service.Admit();
        await Publish(Purchase(grocery, 100));
        await Shows(grocery, issued: 100);

        await service.Restart(async () =>
        {
            await using var provider = Store();
            await using var session = provider.GetRequiredService<DocumentStore>().OpenSession(Origin.System("test"));
            var stream = await session.FetchForWriting<ClearingCycle>(ClearingCycle.StreamOf(cycle), TestContext.Current.CancellationToken);
            var period = CalendarTimeline.Usual.Find(cycle)!;
            stream = session.Append(stream, ((Decision<ClearingFact>.Accepted)stream.State.Propose(period, new(null, null), "anna", period.Due)).Events);
            session.Append(stream, ((Decision<ClearingFact>.Accepted)stream.State.Approve(new(null, null), "bert", period.Due)).Events);
            await session.SaveChanges(TestContext.Current.CancellationToken);
        });

        await IsClosed();
        (await Statement(grocery)).Body.GetProperty("points").GetProperty("issued").GetInt64().ShouldBe(100);
    }

    [Fact]
    public async Task comes_out_the_same_when_it_is_rebuilt_from_nothing()
    {
        var (grocery, _) = await service.Admit();
        await Publish(Purchase(grocery, 100), Redemption(grocery, 20));
        await Shows(grocery, issued: 100);
        await Close();
        await Publish(Purchase(grocery, 11));
        await Shows(grocery, issued: 11, cycle.Next());
        var before = await Everything(grocery);

        await using var provider = Store();
        (await provider.GetRequiredService<ProjectionRebuild>().Run(new ClearingView(), TestContext.Current.CancellationToken)).DifferentRows.ShouldBe(0);
        (await Everything(grocery)).ShouldBe(before);
        await Close(cycle.Next());
    }

    [Fact]
    public async Task closes_nothing_too_early_and_out_of_order()
    {
        var (grocery, _) = await service.Admit();
        await Publish(Purchase(grocery, 10), Purchase(grocery, 10, cycle.Next()));
        await Shows(grocery, issued: 10);
        await Shows(grocery, issued: 10, cycle.Next());

        var runs = CalendarTimeline.Usual.At(DateTimeOffset.UtcNow).Id;
        (await Propose(runs)).Problem.ShouldBe("cycle-not-over");
        (await Propose(cycle.Next())).Problem.ShouldBe("earlier-cycle-open");
        foreach (var id in new[] { runs.Next().ToString(), "2017-W09", "2017-3", "nonsense", "2017-13", "' or 1=1--" })
        {
            (await service.Post($"/v1/clearing/cycles/{Uri.EscapeDataString(id)}/closing", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
            (await service.Get($"/v1/clearing/cycles/{Uri.EscapeDataString(id)}")).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        await Close();
        await Close(cycle.Next());
        (await Propose(cycle)).Status.ShouldBe(HttpStatusCode.OK);
        (await Propose(cycle.Previous())).Problem.ShouldBe("later-cycle-closed");
    }

    [Fact]
    public async Task shows_a_partner_its_own_statement_only()
    {
        var (mine, _) = await service.Admit();
        var (theirs, _) = await service.Admit();
        await Publish(Purchase(mine, 10), Purchase(theirs, 10));
        await Shows(mine, issued: 10);
        await Shows(theirs, issued: 10);
        var token = await service.PartnerToken(mine, "settlement.read");

        var shown = await service.Get($"/v1/clearing/cycles/{cycle}", token);
        shown.Text.ShouldContain(mine.ToString());
        shown.Text.ShouldNotContain(theirs.ToString());
        shown.Body.GetProperty("currencies")[0].GetProperty("coalition").ValueKind.ShouldBe(JsonValueKind.Null);
        (await service.Get(Address(mine), token)).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var form in new[] { "", ".csv", ".html", ".pdf", "/lines/x/postings" })
            (await service.Get(Address(theirs) + form, token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post($"/v1/clearing/cycles/{cycle}/closing", new { }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get($"/v1/clearing/cycles/{cycle}", await service.PartnerToken(mine, "ledger.post"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        await Close();
    }

    [Fact]
    public async Task opens_each_line_to_the_ledgers_events()
    {
        var (grocery, _) = await service.Admit();
        var bought = Enumerable.Range(1, 7).Select(i => Purchase(grocery, i)).ToArray();
        await Publish([.. bought.Take(4)]);
        await Publish([.. bought.Skip(4), Redemption(grocery, 3)]);
        await Shows(grocery, issued: 28);
        await Close();

        var line = $"{cycle}.issue.v1.0.01";
        var postings = await Postings(grocery, line);
        postings.Select(p => p.GetProperty("eventId").GetGuid()).ShouldBe(bought.Select(b => b.Id), ignoreOrder: true);
        var (paged, cursor) = (new List<Guid>(), "");
        do
        {
            var page = (await service.Get($"{Address(grocery)}/lines/{line}/postings?limit=3{cursor}")).Body;
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("eventId").GetGuid()));
            cursor = "&cursor=" + page.GetProperty("next").GetString();
        }
        while (cursor != "&cursor=");
        paged.ShouldBe(postings.Select(p => p.GetProperty("eventId").GetGuid()));
        (await service.Get($"{Address(grocery)}/lines/nonsense/postings")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get($"{Address(grocery)}/lines/{line}/postings?cursor=bm9wZQ")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task prints_the_statement_as_a_pdf_that_stays_the_same()
    {
        var (grocery, code) = await service.Admit(issuePrice: 0.010m);
        await Publish(Purchase(grocery, 1234), Redemption(grocery, 10));
        await Shows(grocery, issued: 1234);
        await Close();

        var (type, file, disposition) = await Pdf(".pdf");
        (type, disposition).ShouldBe(("application/pdf", $"inline; filename=\"statement-{cycle}-{code}.pdf\""));
        var statement = (await Statement(grocery)).Body;
        PrintedSheets.Of(file).Amounts.ShouldBe([
            Amount(statement, "broughtForward"), .. statement.GetProperty("lines").EnumerateArray().Select(l => Amount(l, "amount")), Amount(statement, "net"), Amount(statement, "carriedForward")]);
        (await Pdf("", "text/plain, application/pdf;q=0.9, application/json;q=0.1")).File.ShouldBe(file);
        (await Pdf(".pdf")).File.ShouldBe(file);

        async Task<(string? Type, byte[] File, string? Disposition)> Pdf(string suffix, string? accept = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(grocery) + suffix);
            request.Headers.Authorization = new("Bearer", service.Operator);
            if (accept is not null)
                request.Headers.Accept.ParseAdd(accept);
            using var answer = await service.Client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            return (answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentDisposition?.ToString());
        }
    }

    private static string Address(Guid partner, CycleId of) => $"/v1/clearing/cycles/{of}/statements/{partner}";

    private string Address(Guid partner) => Address(partner, cycle);

    private Task<Reply> Statement(Guid partner, CycleId? of = null) => service.Get(Address(partner, of ?? cycle));

    private async Task<string> Everything(Guid partner) => string.Concat(
        await Task.WhenAll(new[] { "", ".csv", ".html", ".pdf" }.Select(async form => (await service.Get(Address(partner) + form)).Text)));

    private async Task<IReadOnlyList<JsonElement>> Postings(Guid partner, string line, CycleId? of = null)
    {
        var reply = await service.Get($"{Address(partner, of ?? cycle)}/lines/{line}/postings");
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return [.. reply.Body.GetProperty("items").EnumerateArray()];
    }

    private Task Shows(Guid partner, long issued, CycleId? of = null) => Eventually.Holds(async () =>
        (await Statement(partner, of)).Body.GetProperty("points").GetProperty("issued").GetInt64().ShouldBe(issued));

    private Task<Reply> Propose(CycleId? of = null) => service.Post($"/v1/clearing/cycles/{of ?? cycle}/closing", new { });

    private Task<Reply> Approve(CycleId? of = null) => As("approval", of);

    private async Task<Reply> As(string decision, CycleId? of = null) =>
        await service.Post($"/v1/clearing/cycles/{of ?? cycle}/closing/{decision}", new { }, approver ??= await service.Token("approver", TheService.ApproverSecret));

    private async Task Close(CycleId? of = null)
    {
        (await Propose(of)).Status.ShouldBe(HttpStatusCode.OK);
        (await Approve(of)).Status.ShouldBe(HttpStatusCode.OK);
        await IsClosed(of);
    }

    private Task IsClosed(CycleId? of = null) => Eventually.Holds(async () =>
        (await service.Get($"/v1/clearing/cycles/{of ?? cycle}")).Body.GetProperty("cycle").GetProperty("status").GetString().ShouldBe("closed"));

    private ServiceProvider Store() => new ServiceCollection().AddLogging().AddEventStore(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:Database", service.Database.Service)]).Build(),
        o => StoredEvents.Map(o.Types)).BuildServiceProvider();

    private async Task Publish(params (Guid Id, object Event)[] messages)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        foreach (var page in messages.GroupBy(m => m.Event.GetType()))
            await ledger.Publish([.. page]);
    }

    private (Guid Id, object Event) Purchase(Guid partner, long points, CycleId? of = null) =>
        (Guid.CreateVersion7(), new PurchaseAccrued(Guid.NewGuid(), partner, "S1", Id(), points * 100, "EUR", points, 1, Noon(of ?? cycle), DateTimeOffset.UtcNow));

    private (Guid Id, object Event) Return(Guid partner, long points) =>
        (Guid.CreateVersion7(), new PurchaseReversed(Guid.NewGuid(), partner, "S1", Id(), Id(), points * 100, "EUR", points, 0, 1, Noon(cycle), DateTimeOffset.UtcNow));

    private (Guid Id, object Event) Redemption(Guid partner, long points) =>
        (Guid.CreateVersion7(), new PointsRedeemed(Guid.NewGuid(), partner, "S1", Id(), null, points, [], 1, Noon(cycle), DateTimeOffset.UtcNow));

    private static DateTimeOffset Noon(CycleId of) => new(of.First.AddDays(14).ToDateTime(new(12, 0)), TimeSpan.Zero);

    private static string Id() => Guid.NewGuid().ToString("N", InvariantCulture);

    private static decimal Amount(JsonElement of, string member) => of.GetProperty(member).GetProperty("amount").GetDecimal();
}
