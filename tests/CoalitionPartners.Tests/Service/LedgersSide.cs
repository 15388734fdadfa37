using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Messaging;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>A partner that sends files, and the ledger's end of the wire.</summary>
internal sealed class LedgersSide : IAsyncDisposable
{
    private readonly TheService service;
    private readonly Testing.Messages wire;

    private LedgersSide(TheService service, Testing.Messages wire, Guid partner, string token) =>
        (this.service, this.wire, Partner, Token) = (service, wire, partner, token);

    public Guid Partner { get; }

    public string Token { get; }

    public static async Task<LedgersSide> Open(TheService service, params string[] scopes)
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, scopes is [] ? ["ledger.post", "ledger.redeem"] : scopes);
        var messages = await Testing.Messages.Connect(service.Broker.Uri);
        await Topology.Declare(messages.Connection, Subscriptions.PointsLedgerTransactions);
        await messages.Observe([typeof(TransactionSubmitted)]);
        return new(service, messages, partner, token);
    }

    public Task<Reply> Upload(string text, string query = "", string mediaType = "text/csv", string? key = null) =>
        Upload(Encoding.UTF8.GetBytes(text), query, mediaType, key);

    public Task<Reply> Upload(byte[] file, string query = "", string mediaType = "text/csv", string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches" + query) { Content = new ByteArrayContent(file) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        request.Content.Headers.ContentDisposition = new("attachment") { FileName = "../../x" };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return service.Send(request, Token);
    }

    /// <summary>The lines of a batch that came over the wire, each as often as it came.</summary>
    public IReadOnlyList<TransactionSubmitted> Submitted(Guid batch) =>
        [.. wire.Received.SelectMany(Testing.Messages.Read<TransactionSubmitted>).Where(s => s.BatchId == batch)];

    public async Task<IReadOnlyList<TransactionSubmitted>> Submitted(Guid batch, int lines)
    {
        await Eventually.Holds(() => Submitted(batch).DistinctBy(s => s.Line).Count() == lines, TimeSpan.FromSeconds(40));
        return [.. Submitted(batch).DistinctBy(s => s.Line)];
    }

    public Task Answer(IEnumerable<TransactionSubmitted> lines, string outcome = "accepted", string? code = null, string? detail = null, long? points = 1) =>
        Publish(lines.Select(s => new TransactionAnswered(s.PartnerId, s.TransactionId, s.BatchId, s.Line, outcome, code, detail, code is null ? points : null, code is null ? 10 : null)));

    public async Task Publish(IEnumerable<TransactionAnswered> answers)
    {
        foreach (var page in answers.Chunk(500)) await wire.Publish([.. page.Select(a => (Guid.NewGuid(), (object)a))]);
    }

    public async Task<JsonElement> Batch(Guid id) => (await service.Get($"/v1/batches/{id}", Token)).Body;

    /// <summary>The batch once it is in a state.</summary>
    public async Task<JsonElement> Batch(Guid id, string state)
    {
        JsonElement batch = default;
        await Eventually.Holds(async () => (batch = await Batch(id)).GetProperty("state").GetString().ShouldBe(state), TimeSpan.FromSeconds(40));
        return batch;
    }

    /// <summary>Received, accepted, replayed, refused, differing and waiting.</summary>
    public static int[] Counts(JsonElement batch) =>
        [.. new[] { "received", "accepted", "replayed", "refused", "differing", "waiting" }.Select(name => batch.GetProperty(name).GetInt32())];

    public static Guid IdOf(Reply reply) => reply.Body.GetProperty("batchId").GetGuid();

    public ValueTask DisposeAsync() => wire.DisposeAsync();
}
