using System.Net;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using static System.Globalization.CultureInfo;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>Two operators who close a cycle and work on what it came to.</summary>
internal sealed class CycleDesk(TheService service, CycleId cycle)
{
    public const string Iban = "DE89370400440532013000";

    public CycleId Cycle => cycle;

    /// <summary>The same in the next cycle.</summary>
    public CycleDesk Next() => new(service, cycle.Next());

    public async Task<Reply> Approve(string path, object? body = null) =>
        await service.Post(path, body ?? new { }, await service.Token("approver", TheService.ApproverSecret));

    /// <summary>A partner that has issued and redeemed points in this cycle, which costs 0.01 each and gets 0.01 each.</summary>
    public async Task<(Guid Id, string Code)> Partner(long issued, long redeemed = 0)
    {
        var partner = await service.Admit(issuePrice: 0.010m, redeemPrice: 0.010m);
        await Trade(partner.Id, issued, redeemed);
        return partner;
    }

    public async Task Trade(Guid partner, long issued, long redeemed = 0)
    {
        await using var ledger = await Messages.Connect(service.Broker.Uri);
        var at = new DateTimeOffset(cycle.First.AddDays(14).ToDateTime(new(12, 0)), TimeSpan.Zero);
        await ledger.Publish((Guid.CreateVersion7(), new PurchaseAccrued(Guid.NewGuid(), partner, "S1", Id(), issued * 100, "EUR", issued, 1, at, DateTimeOffset.UtcNow)));
        if (redeemed > 0)
            await ledger.Publish((Guid.CreateVersion7(), new PointsRedeemed(Guid.NewGuid(), partner, "S1", Id(), null, redeemed, [], 1, at, DateTimeOffset.UtcNow)));
        await Eventually.Holds(async () =>
        {
            var points = (await Statement(partner)).GetProperty("points");
            (points.GetProperty("issued").GetInt64(), points.GetProperty("redeemed").GetInt64()).ShouldBe((issued, redeemed));
        });
    }

    public async Task Close()
    {
        (await service.Post($"/v1/clearing/cycles/{cycle}/closing", new { })).Status.ShouldBe(HttpStatusCode.OK);
        (await Approve($"/v1/clearing/cycles/{cycle}/closing/approval")).Status.ShouldBe(HttpStatusCode.OK);
        await Becomes("closed");
    }

    public Task Becomes(string status) => Eventually.Holds(async () =>
        (await service.Get($"/v1/clearing/cycles/{cycle}")).Body.GetProperty("cycle").GetProperty("status").GetString().ShouldBe(status));

    public string Address(Guid partner) => $"/v1/clearing/cycles/{cycle}/statements/{partner}";

    public async Task<JsonElement> Statement(Guid partner) => (await service.Get(Address(partner))).Body;

    /// <summary>The statement in all its forms.</summary>
    public async Task<string> Everything(Guid partner) => string.Concat(
        await Task.WhenAll(new[] { "", ".csv", ".html", ".pdf" }.Select(async form => (await service.Get(Address(partner) + form)).Text)));

    /// <param name="holder">A partner's address, or the coalition's: /v1/partners/… or /v1/clearing.</param>
    public async Task OpenAccount(string holder, string iban = Iban)
    {
        (await service.Post($"{holder}/bank-account", new { iban, holder = "Somebody & Co" })).Status.ShouldBe(HttpStatusCode.OK);
        (await Approve($"{holder}/bank-account/approval", new { iban })).Status.ShouldBe(HttpStatusCode.OK);
    }

    public static decimal Amount(JsonElement of, string member) => of.GetProperty(member).GetProperty("amount").GetDecimal();

    private static string Id() => Guid.NewGuid().ToString("N", InvariantCulture);
}
