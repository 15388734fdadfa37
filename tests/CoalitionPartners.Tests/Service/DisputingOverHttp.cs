using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static Loyalty.CoalitionPartners.Tests.Service.CycleDesk;

namespace Loyalty.CoalitionPartners.Tests.Service;

// Cycles are closed in the order of time, so this class has a service of its own and each test months after those of the test before.
public sealed class DisputingOverHttp(TheService service) : IClassFixture<TheService>
{
    private static int months;

    private readonly CycleDesk desk = new(service, CycleId.Of(Cadence.Monthly, new DateOnly(2016, 2, 1).AddMonths(3 * Interlocked.Increment(ref months))));

    private string Line => $"{desk.Cycle}.issue.v1.0.01";

    [Fact]
    public async Task posts_what_is_upheld_into_the_open_cycle_and_leaves_the_closed_one_as_it_is()
    {
        var (grocery, _) = await desk.Partner(issued: 1000);
        var (fuel, _) = await desk.Partner(issued: 10);
        var token = await service.PartnerToken(grocery, "settlement.dispute", "settlement.read");
        await desk.Close();
        var closed = await desk.Everything(grocery);

        var opened = await Open(grocery, token, 5.00m);
        opened.Status.ShouldBe(HttpStatusCode.Created, opened.Text);
        (await Open(grocery, token, 5.00m)).Text.ShouldBe(opened.Text);
        (await Open(grocery, token, 5.01m)).Problem.ShouldBe("dispute-differs");
        foreach (var amount in new[] { 5.001m, 0m, -1m, 1_000_000_000_000m })
            (await Open(grocery, token, amount)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var dispute = opened.Headers.Location!.ToString();
        (await service.Post(dispute + "/decision", Upheld(3.00m))).Problem.ShouldBe("dispute-not-answered");
        (await service.Post(dispute + "/answer", new { text = "Which receipt?" })).Body.GetProperty("status").GetString().ShouldBe("answered");
        (await service.Post(dispute + "/reply", new { text = "Number 7." }, token)).Body.GetProperty("messages").GetArrayLength().ShouldBe(3);
        foreach (var wrong in new[] { Upheld(5.01m), Upheld(0m), Upheld(0.001m), Upheld(null) })
            (await service.Post(dispute + "/decision", wrong)).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.Post(dispute + "/decision", Upheld(3.00m))).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Post(dispute + "/decision/approval", new { })).Problem.ShouldBe("same-person");
        (await service.Get(dispute, token)).Body.GetProperty("proposal").ValueKind.ShouldBe(JsonValueKind.Null);
        var approved = await desk.Approve(dispute + "/decision/approval");
        approved.Body.GetProperty("status").GetString().ShouldBe("upheld");
        (await desk.Approve(dispute + "/decision/approval")).Text.ShouldBe(approved.Text);
        (await service.Post(dispute + "/withdrawal", new { }, token)).Status.ShouldBe(HttpStatusCode.Conflict);

        var next = desk.Next();
        await next.Trade(grocery, issued: 100);
        await next.Trade(fuel, issued: 100);
        var statement = await next.Statement(grocery);
        var adjustment = statement.GetProperty("adjustments").EnumerateArray().ShouldHaveSingleItem();
        (Amount(adjustment, "amount"), adjustment.GetProperty("ofLine").GetString(), adjustment.GetProperty("ofCycle").GetString()).ShouldBe((3.00m, Line, desk.Cycle.ToString()));
        (Amount(statement, "net"), Amount(statement, "carriedForward")).ShouldBe((2.00m, -8.00m));
        await next.Close();
        (await next.Everything(grocery)).ShouldContain("Number 7 was.");
        var currency = (await service.Get($"/v1/clearing/cycles/{next.Cycle}")).Body.GetProperty("currencies")[0];
        (Amount(currency, "total"), Amount(currency, "coalition")).ShouldBe((0m, -1.00m));
        (await desk.Everything(grocery)).ShouldBe(closed);

        await using var provider = Store();
        foreach (var view in new IProjection[] { new ClearingView(), new DisputesView() })
            (await provider.GetRequiredService<ProjectionRebuild>().Run(view, TestContext.Current.CancellationToken)).DifferentRows.ShouldBe(0);
        (await desk.Everything(grocery)).ShouldBe(closed);
    }

    [Fact]
    public async Task keeps_disputes_of_others_out_of_sight()
    {
        var (mine, _) = await desk.Partner(issued: 10);
        var (theirs, _) = await desk.Partner(issued: 10);
        var (token, stranger) = (await service.PartnerToken(mine, "settlement.dispute"), await service.PartnerToken(theirs, "settlement.dispute"));
        (await Open(mine, token, 0.05m)).Problem.ShouldBe("cycle-not-closed");
        await desk.Close();
        (await Open(mine, stranger, 0.05m)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Open(mine, token, 0.05m, "nonsense")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Open(mine, await service.PartnerToken(mine, "settlement.read"), 0.05m)).Status.ShouldBe(HttpStatusCode.Forbidden);
        var dispute = (await Open(mine, token, 0.05m)).Headers.Location!.ToString();

        foreach (var hidden in new[] { dispute, $"/v1/clearing/disputes/{mine}", $"/v1/clearing/disputes/{Guid.NewGuid()}" })
            (await service.Get(hidden, stranger)).Problem.ShouldBe("dispute-unknown");
        (await service.Post(dispute + "/reply", new { text = "Me too." }, stranger)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post(dispute + "/withdrawal", new { }, stranger)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post(dispute + "/answer", new { text = "Yes." }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        await Eventually.Holds(async () => (await Listed("", token)).ShouldBe([mine]));
        (await Listed("", stranger)).ShouldBeEmpty();

        (await service.Post(dispute + "/withdrawal", new { }, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Post(dispute + "/withdrawal", new { }, token)).Status.ShouldBe(HttpStatusCode.OK);
        await Eventually.Holds(async () => (await Listed("?status=withdrawn", token)).ShouldBe([mine]));
        (await Open(mine, token, 0.06m)).Body.GetProperty("status").GetString().ShouldBe("opened");
    }

    [Fact]
    public async Task lists_disputes_and_how_old_they_are()
    {
        var partners = new List<Guid>();
        for (var i = 0; i < 3; i++)
            partners.Add((await desk.Partner(issued: 10)).Id);
        await desk.Close();
        foreach (var partner in partners)
            (await Open(partner, await service.PartnerToken(partner, "settlement.dispute"), 0.05m)).Status.ShouldBe(HttpStatusCode.Created);

        await Eventually.Holds(async () => (await Listed($"?cycleId={desk.Cycle}&status=opened")).ShouldBe(Enumerable.Reverse(partners)));
        (await Listed($"?cycleId={desk.Cycle}&partnerId={partners[1]}")).ShouldBe([partners[1]]);
        var first = (await service.Get($"/v1/clearing/disputes?cycleId={desk.Cycle}&limit=2")).Body;
        first.GetProperty("items")[0].GetProperty("openForDays").GetInt32().ShouldBe(0);
        (await Listed($"?cycleId={desk.Cycle}&limit=2&cursor={first.GetProperty("next").GetString()}")).ShouldBe([partners[0]]);
        foreach (var wrong in new[] { "status=lost", "cycleId=nonsense", "cycleId=%00", "cursor=bm9wZQ", "partnerId=x" })
            (await service.Get("/v1/clearing/disputes?" + wrong)).Status.ShouldBe(HttpStatusCode.BadRequest, wrong);
        var age = (await service.Get("/v1/clearing/disputes/ageing")).Body.EnumerateArray().ShouldHaveSingleItem();
        (age.GetProperty("fromDay").GetInt32(), age.GetProperty("currency").GetString()).ShouldBe((0, "EUR"));
        age.GetProperty("disputes").GetInt64().ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task corrects_an_account_without_a_dispute_by_two_people()
    {
        var (grocery, _) = await desk.Partner(issued: 1000);
        await desk.Close();
        var id = Guid.NewGuid();
        var body = new { correctionId = id, partnerId = grocery, inFavourOf = "coalition", amount = 5.00m, currency = "EUR", reason = "Paid twice." };
        var proposed = await service.Post("/v1/clearing/corrections", body);
        proposed.Status.ShouldBe(HttpStatusCode.Created, proposed.Text);
        (await service.Post("/v1/clearing/corrections", body)).Text.ShouldBe(proposed.Text);
        (await service.Post("/v1/clearing/corrections", body with { amount = 5.01m })).Problem.ShouldBe("correction-differs");
        (await service.Post("/v1/clearing/corrections", body with { reason = "" })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.Post("/v1/clearing/corrections", body with { currency = "USD" })).Problem.ShouldBe("currency-differs");
        (await service.Post("/v1/clearing/corrections", body with { partnerId = id })).Problem.ShouldBe("partner-unknown");
        (await service.Post($"/v1/clearing/corrections/{id}/approval", new { })).Problem.ShouldBe("same-person");
        (await desk.Approve($"/v1/clearing/corrections/{Guid.NewGuid()}/approval")).Problem.ShouldBe("correction-unknown");
        var posted = await desk.Approve($"/v1/clearing/corrections/{id}/approval");
        posted.Body.GetProperty("status").GetString().ShouldBe("posted");
        (await desk.Approve($"/v1/clearing/corrections/{id}/approval")).Text.ShouldBe(posted.Text);
        (await desk.Approve($"/v1/clearing/corrections/{id}/rejection")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await service.Get($"/v1/clearing/corrections/{id}")).Text.ShouldBe(posted.Text);

        var next = desk.Next();
        await Eventually.Holds(async () => Amount(await next.Statement(grocery), "net").ShouldBe(-5.00m));
        await Eventually.Holds(async () => (await service.Get($"/v1/clearing/corrections?partnerId={grocery}&status=posted")).Body
            .GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("correctionId").GetGuid().ShouldBe(id));
        await next.Close();
        Amount(await next.Statement(grocery), "carriedForward").ShouldBe(-15.00m);
    }

    private static object Upheld(decimal? amount) => new { outcome = "upheld", amount, reason = "Number 7 was." };

    private Task<Reply> Open(Guid partner, string token, decimal amount, string? line = null) =>
        service.Post($"{desk.Address(partner)}/lines/{line ?? Line}/disputes", new { amount, currency = "EUR", reason = "Counted twice." }, token);

    private async Task<IEnumerable<Guid>> Listed(string query, string? token = null)
    {
        var reply = await service.Get("/v1/clearing/disputes" + query, token);
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return reply.Body.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("partnerId").GetGuid());
    }

    private ServiceProvider Store() => new ServiceCollection().AddLogging().AddEventStore(
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:Database", service.Database.Service)]).Build(),
        o => StoredEvents.Map(o.Types)).BuildServiceProvider();
}
