using System.Net;
using System.Text;
using System.Xml.Linq;
using Loyalty.CoalitionPartners.Domain.Clearing;
using static Loyalty.CoalitionPartners.Tests.Service.CycleDesk;

namespace Loyalty.CoalitionPartners.Tests.Service;

// Cycles are closed in the order of time, so this class has a service of its own and each test months after those of the test before.
public sealed class PayingOverHttp(TheService service) : IClassFixture<TheService>
{
    private static int months;

    private readonly CycleDesk desk = new(service, CycleId.Of(Cadence.Monthly, new DateOnly(2016, 2, 1).AddMonths(3 * Interlocked.Increment(ref months))));

    private string Payments => $"/v1/clearing/cycles/{desk.Cycle}/payments";

    [Fact]
    public async Task settles_a_cycle_when_all_of_it_is_paid()
    {
        var (grocery, _) = await desk.Partner(issued: 1000);
        var (fuel, _) = await desk.Partner(issued: 50, redeemed: 300);
        await Instruct(grocery, fuel);
        var closed = await desk.Everything(grocery);
        var collect = await Payment(grocery);
        var pay = await Payment(fuel);

        (await Confirm(collect, 4.00m, "A-1")).Body.GetProperty("left").GetProperty("amount").GetDecimal().ShouldBe(6.00m);
        var before = (await service.Get(Payments)).Text;
        (await Confirm(collect, 4.00m, "A-1")).Status.ShouldBe(HttpStatusCode.OK);
        (await Confirm(collect, 4.01m, "A-1")).Problem.ShouldBe("bank-reference-used");
        (await Confirm(collect, 6.01m, "A-2")).Problem.ShouldBe("overpaid");
        (await Confirm(collect, 6.00m, "A-2", "USD")).Problem.ShouldBe("currency-differs");
        (await Confirm("nonsense", 6.00m, "A-2")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get(Payments)).Text.ShouldBe(before);
        await desk.Becomes("closed");

        var file = $"endToEndId,amount,currency,bookedAt,bankReference\n{collect},6.00,EUR,2026-03-01T10:00:00Z,A-2\n{pay},2.50,EUR,2026-03-01T10:00:00Z,A-3\n{pay},x,EUR,2026-03-01T10:00:00Z,A-4\n";
        (await Outcomes(file)).ShouldBe(["recorded", "recorded", "refused"]);
        (await Outcomes(file)).ShouldBe(["unchanged", "unchanged", "refused"]);
        await desk.Becomes("settled");
        (await service.Get(Payments)).Body.GetProperty("status").GetString().ShouldBe("settled");

        var next = desk.Next();
        await next.Trade(grocery, issued: 7);
        var statement = await next.Statement(grocery);
        (Amount(statement, "broughtForward"), Amount(statement, "unpaid"), Amount(statement, "carriedForward")).ShouldBe((-10.00m, 0m, -0.07m));
        statement.GetProperty("payments").EnumerateArray().Select(p => (p.GetProperty("bankReference").GetString(), Amount(p, "amount"))).ShouldBe([("A-1", 4.00m), ("A-2", 6.00m)]);
        await next.Close();
        Amount(await next.Next().Statement(grocery), "broughtForward").ShouldBe(-0.07m);
        (await desk.Everything(grocery)).ShouldBe(closed);
    }

    [Fact]
    public async Task takes_two_people_at_each_step_and_happens_once()
    {
        var (grocery, code) = await desk.Partner(issued: 1000);
        await desk.OpenAccount("/v1/clearing");
        (await service.Post(Payments, new { })).Problem.ShouldBe("cycle-not-closed");
        await desk.Close();
        var missing = await service.Post(Payments, new { });
        missing.Problem.ShouldBe("bank-account-missing");
        missing.Text.ShouldContain(code);

        var account = $"/v1/partners/{grocery}/bank-account";
        (await service.Post(account, new { iban = "DE88370400440532013000", holder = "Grocery" })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await service.Post(account, new { iban = "DE89 3704 0044 0532 0130 00", holder = "Grocery" })).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Post(account, new { iban = Iban, holder = "Grocery" })).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Post(account, new { iban = "AT611904300234573201", holder = "Grocery" })).Problem.ShouldBe("bank-account-pending");
        (await service.Post(account + "/approval", new { iban = Iban })).Problem.ShouldBe("same-person");
        (await desk.Approve(account + "/approval", new { iban = "AT611904300234573201" })).Problem.ShouldBe("bank-account-differs");
        (await service.Post(Payments, new { })).Problem.ShouldBe("bank-account-missing");
        (await desk.Approve(account + "/approval", new { iban = Iban })).Status.ShouldBe(HttpStatusCode.OK);

        var proposed = await service.Post(Payments, new { });
        proposed.Status.ShouldBe(HttpStatusCode.OK, proposed.Text);
        (await service.Post(Payments, new { })).Text.ShouldBe(proposed.Text);
        (await service.Get(Payments + "/EUR.xml")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post(Payments + "/approval", new { })).Problem.ShouldBe("same-person");
        await desk.OpenAccount($"/v1/partners/{grocery}", "AT611904300234573201");
        (await desk.Approve(Payments + "/approval")).Problem.ShouldBe("payments-outdated");
        (await desk.Approve(Payments + "/rejection")).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Post(Payments, new { })).Status.ShouldBe(HttpStatusCode.OK);
        var approved = await desk.Approve(Payments + "/approval");
        approved.Status.ShouldBe(HttpStatusCode.OK, approved.Text);
        (await desk.Approve(Payments + "/approval")).Text.ShouldBe(approved.Text);
        (await desk.Approve(Payments + "/rejection")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task gives_the_bank_a_message_of_what_the_coalition_pays()
    {
        var (grocery, _) = await desk.Partner(issued: 1000);
        var (fuel, _) = await desk.Partner(issued: 50, redeemed: 300);
        var (hotel, _) = await desk.Partner(issued: 1, redeemed: 101);
        await Instruct(grocery, fuel, hotel);

        var reply = await service.Get(Payments + "/EUR.xml");
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        (await service.Get(Payments + "/EUR.xml")).Text.ShouldBe(reply.Text);
        (await service.Get(Payments + "/USD.xml")).Status.ShouldBe(HttpStatusCode.NotFound);
        XNamespace pain = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
        var message = XDocument.Parse(reply.Text).Root!.Element(pain + "CstmrCdtTrfInitn")!;
        message.Descendants(pain + "InstdAmt").Select(a => (a.Value, a.Attribute("Ccy")!.Value)).ShouldBe([("2.50", "EUR"), ("1.00", "EUR")], ignoreOrder: true);
        message.Descendants(pain + "CtrlSum").Select(s => s.Value).ShouldBe(["3.50", "3.50"]);
        message.Descendants(pain + "EndToEndId").Select(e => e.Value).ShouldBe([await Payment(fuel), await Payment(hotel)], ignoreOrder: true);

        var csv = (await service.Get(Payments + ".csv")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        csv.Length.ShouldBe(4);
        csv.Single(row => row.Contains(",collect,", StringComparison.Ordinal)).ShouldContain(",10.00,EUR,0.00,10.00,");
    }

    [Fact]
    public async Task is_taken_along_by_the_next_cycle_that_is_closed()
    {
        var (grocery, _) = await desk.Partner(issued: 1000);
        await Instruct(grocery);
        (await Confirm(await Payment(grocery), 10.00m, "A-1")).Status.ShouldBe(HttpStatusCode.OK);
        await desk.Becomes("settled");

        var afterNext = desk.Next().Next();
        await afterNext.Trade(grocery, issued: 7);
        await afterNext.Close();
        var statement = await afterNext.Statement(grocery);
        (Amount(statement, "broughtForward"), Amount(statement, "unpaid"), Amount(statement, "carriedForward")).ShouldBe((-10.00m, 0m, -0.07m));
    }

    [Fact]
    public async Task shows_a_partner_its_own_payment_only()
    {
        var (mine, _) = await desk.Partner(issued: 10);
        var (theirs, _) = await desk.Partner(issued: 20);
        var token = await service.PartnerToken(mine, "settlement.read");
        await Instruct(mine, theirs);

        var shown = await service.Get(Payments, token);
        shown.Body.GetProperty("payments").EnumerateArray().ShouldHaveSingleItem().GetProperty("partner").GetGuid().ShouldBe(mine);
        shown.Text.ShouldNotContain("operator");
        (await service.Get(Payments + ".csv", token)).Text.ShouldNotContain(await Payment(theirs));
        (await service.Get(Payments + "/EUR.xml", token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get($"/v1/partners/{mine}/bank-account", token)).Body.GetProperty("account").GetProperty("iban").GetString().ShouldBe(Iban);
        (await service.Get($"/v1/partners/{theirs}/bank-account", token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Post(Payments, new { }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("text/plain", "endToEndId,amount,currency,bookedAt,bankReference\n", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/csv", "endToEndId,amount,currency,bookedAt\nx,1,EUR,2026-03-01T10:00:00Z\n", HttpStatusCode.BadRequest)]
    [InlineData("text/csv", "", HttpStatusCode.BadRequest)]
    public async Task refuses_a_file_that_is_none(string type, string text, HttpStatusCode status) => (await Send(text, type)).Status.ShouldBe(status);

    [Fact]
    public async Task tells_line_by_line_what_it_can_not_read()
    {
        const string header = "bankReference,bookedAt,currency,amount,endToEndId\n";
        string[] lines =
        [
            "A,2026-03-01T10:00:00Z,EUR,1.00,2015-01.EUR.0", "A,2026-03-01,EUR,1.00,e", "A,2026-03-01T10:00:00Z,EUR,1e5,e", "A,2026-03-01T10:00:00Z,XXX,1,e",
            "A,2026-03-01T10:00:00Z,EUR,1.001,e", "A,2026-03-01T10:00:00Z,EUR,99999999999999999999999999999999999,e", ",2026-03-01T10:00:00Z,EUR,1,e", "A,b", "\"A\"x,2,3,4,5",
        ];
        var reply = await Send(header + string.Join('\n', lines), "text/csv");
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.Body.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("code").GetString()).ShouldBe(
            ["payments-not-instructed", .. Enumerable.Repeat("malformed-line", lines.Length - 1)]);
    }

    private async Task Instruct(params Guid[] partners)
    {
        await desk.Close();
        await desk.OpenAccount("/v1/clearing");
        foreach (var partner in partners)
            await desk.OpenAccount($"/v1/partners/{partner}");
        (await service.Post(Payments, new { })).Status.ShouldBe(HttpStatusCode.OK);
        (await desk.Approve(Payments + "/approval")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> Payment(Guid partner) => (await service.Get(Payments)).Body.GetProperty("payments").EnumerateArray()
        .Single(p => p.GetProperty("partner").GetGuid() == partner).GetProperty("endToEndId").GetString()!;

    private Task<Reply> Confirm(string payment, decimal amount, string bankReference, string currency = "EUR") =>
        service.Post($"{Payments}/{payment}/confirmation", new { amount, currency, bookedAt = "2026-03-01T10:00:00+01:00", bankReference });

    private async Task<IEnumerable<string?>> Outcomes(string file) =>
        (await Send(file, "text/csv")).Body.GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("outcome").GetString());

    private Task<Reply> Send(string text, string type) =>
        service.Send(new(HttpMethod.Post, "/v1/payments/confirmations") { Content = new StringContent(text, Encoding.UTF8, type) });
}
