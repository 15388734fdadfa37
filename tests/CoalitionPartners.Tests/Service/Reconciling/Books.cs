using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>A transaction as a book has it, or a line of one.</summary>
/// <param name="Amount">In minor units.</param>
/// <param name="Points">Null where the partner's book tells none.</param>
internal sealed record Posted(string Kind, string Id, DateTimeOffset At, string Card, long Amount = 0, long? Points = null, string? Of = null, string Currency = "EUR")
{
    public bool HasAmount => Kind is TransactionKind.Purchase or TransactionKind.Return;

    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind},{Id},{At:yyyy-MM-ddTHH:mm:ss.fffffffK},{(HasAmount && Kind == TransactionKind.Return ? "" : Card)},{(Kind is TransactionKind.Return or TransactionKind.RedemptionReversal ? "" : "S1")},{(HasAmount ? $"{Amount / 100m:0.00}" : "")},{(HasAmount ? Currency : "")},{Points},{(Kind == TransactionKind.Return ? Of : "")}\n");
}

/// <summary>A partner with a book of its own, and the ledger's end of the wire.</summary>
internal sealed class Books : IAsyncDisposable
{
    public const string Header = "type,transactionId,occurredAt,card,store,amount,currency,points,purchase\n";
    public const string March = "?from=2017-03-01T00:00:00Z&until=2017-04-01T00:00:00Z&rule=0";

    public static readonly DateTimeOffset Noon = new(2017, 3, 14, 12, 0, 0, TimeSpan.Zero);

    private readonly TheService service;
    private readonly Messages wire;

    private Books(TheService service, LedgersSide ledger, Messages wire) => (this.service, Ledger, this.wire) = (service, ledger, wire);

    public LedgersSide Ledger { get; }

    public Guid Partner => Ledger.Partner;

    public static async Task<Books> Open(TheService service) => new(
        service, await LedgersSide.Open(service, "ledger.post", "ledger.redeem", "reconciliation.manage"), await Messages.Connect(service.Broker.Uri));

    public static Posted Purchase(string id, long amount = 1000, long? points = 10, string card = "9276000000000001", int minute = 0) =>
        new(TransactionKind.Purchase, id, Noon.AddMinutes(minute), card, amount, points);

    /// <summary>The ledger tells these, and the service has heard all of them.</summary>
    public async Task Tell(IReadOnlyList<Posted> ours)
    {
        foreach (var kind in ours.GroupBy(o => o.Kind))
        {
            foreach (var page in kind.Chunk(500)) await wire.Publish([.. page.Select(o => (Guid.CreateVersion7(), Event(o)))]);
        }

        await Eventually.Holds(async () => (await Count("partner_transactions where partner = $1", Partner)).ShouldBe(ours.Count), TimeSpan.FromSeconds(60));
    }

    public Task<Reply> Upload(IEnumerable<Posted> theirs, string query = March, string? token = null, string? key = null) =>
        Upload(Header + string.Concat(theirs.Select(t => t.Line)), query, token, key);

    public Task<Reply> Upload(string text, string query = March, string? token = null, string? key = null, string mediaType = "text/csv")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/reconciliations" + query) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return service.Send(request, token ?? Ledger.Token);
    }

    /// <summary>A reconciliation of these lines, once it is complete.</summary>
    public async Task<JsonElement> Reconciled(IEnumerable<Posted> theirs, string query = March)
    {
        var reply = await Upload(theirs, query);
        reply.Status.ShouldBe(System.Net.HttpStatusCode.Accepted, reply.Text);
        return await Complete(IdOf(reply.Body));
    }

    public async Task<JsonElement> Complete(Guid id)
    {
        JsonElement shown = default;
        await Eventually.Holds(
            async () => (shown = (await service.Get($"/v1/reconciliations/{id}", Ledger.Token)).Body).GetProperty("state").GetString().ShouldBe("complete"), TimeSpan.FromSeconds(40));
        return shown;
    }

    public async Task<IReadOnlyList<JsonElement>> Items(Guid id, string query = "")
    {
        var (found, cursor) = (new List<JsonElement>(), (string?)null);
        do
        {
            var page = await service.Get($"/v1/reconciliations/{id}/items?limit=40{query}{(cursor is null ? "" : "&cursor=" + cursor)}", Ledger.Token);
            page.Status.ShouldBe(System.Net.HttpStatusCode.OK, page.Text);
            found.AddRange(page.Body.GetProperty("items").EnumerateArray());
            cursor = page.Body.GetProperty("next").GetString();
        }
        while (cursor is not null);
        return found;
    }

    public static Guid IdOf(JsonElement reconciliation) => reconciliation.GetProperty("reconciliationId").GetGuid();

    public async Task<long> Count(string from, params object[] parameters) => (long)(await Scalar("select count(*) from " + from, parameters))!;

    public async Task<object?> Scalar(string sql, params object[] parameters)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(service.Database.Owner);
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await wire.DisposeAsync();
        await Ledger.DisposeAsync();
    }

    // Some of a purchase's points come from an offer: both books count all of them.
    private object Event(Posted o)
    {
        var points = o.Points ?? 0;
        return o.Kind switch
        {
            TransactionKind.Purchase => new PurchaseAccrued(
                Guid.NewGuid(), Partner, "S1", o.Id, o.Amount, o.Currency, points - (points / 3), 1, o.At, o.At, points < 3 ? null : [new(Partner, 1, "bonus", 1, points / 3)], Card: o.Card),
            TransactionKind.Return => new PurchaseReversed(Guid.NewGuid(), Partner, "S1", o.Id, o.Of!, o.Amount, o.Currency, points, 0, 1, o.At, o.At),
            TransactionKind.Redemption => new PointsRedeemed(Guid.NewGuid(), Partner, "S1", o.Id, null, points, [], 1, o.At, o.At, o.Card),
            _ => new RedemptionReversed(Guid.NewGuid(), Partner, "S1", o.Id, o.Of!, points, [], 1, o.At, o.At),
        };
    }
}
