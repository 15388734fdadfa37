using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>
/// Reads the log in order and writes down what each endpoint is to be told. Rows and mark move in one transaction, so an event is neither
/// forgotten nor told twice, whenever this process dies. Parts of the log that were asked for again are read beside it.
/// </summary>
internal sealed class WebhookFeed(DocumentStore store, EventLog log, WebhookSettings settings, ILogger<WebhookFeed> logger) : BackgroundService
{
    public static readonly string Mark = Progression.Of("Webhooks");

    private const int PageSize = 500;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        LeasedWork.Run(
            store.DataSource, "webhooks", Step, e => logger.LogWarning(e, "What happens is not told to webhooks for the moment; it will be"), stoppingToken);

    private async Task<bool> Step(CancellationToken ct)
    {
        var moved = await Next(ct);
        return await Replay(ct) || moved;
    }

    // Whether there was a page.
    private async Task<bool> Next(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        var from = await Progression.Find(connection, Mark, ct);
        var page = await log.Read(from, PageSize, ct);
        if (page.LastSequence == from)
            return false;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await Progression.Find(connection, Mark, ct, andLock: true) != from)
            throw new ConcurrencyException($"The mark '{Mark}' has moved.");
        await Tell(connection, page.Events, ct);
        await Progression.Move(connection, Mark, from, page.LastSequence, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    // An endpoint is told what comes after it in the log, so the facts about endpoints are taken in their place between the others.
    private async Task Tell(NpgsqlConnection connection, IReadOnlyList<StoredEvent> facts, CancellationToken ct)
    {
        var partners = await WebhookFeedRows.Partners(connection, ct);
        var told = new List<ToldEvent>();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var fact in facts)
        {
            if (fact.Data is not WebhookFact change)
            {
                told.AddRange(CloudEvent.Of(fact, settings.Source).Where(e => partners.Contains(e.Partner.Value)));
                continue;
            }

            Flush();
            if (WebhookFeedRows.Follow(change) is { } command) batch.BatchCommands.Add(command);
            if (change is WebhookRegistered registered) partners.Add(registered.Partner.Value);
        }

        Flush();
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);

        void Flush()
        {
            if (told.Count > 0) batch.BatchCommands.Add(WebhookFeedRows.Tell(told));
            told = [];
        }
    }

    // Whether there was anything to tell again.
    private async Task<bool> Replay(CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await WebhookFeedRows.NextReplay(connection, ct) is not { } replay)
            return false;
        var page = await log.Read(Math.Max(replay.From.Sequence - 1, 0), PageSize, ct);
        var told = page.Events.Where(fact => fact.Sequence <= replay.Until).SelectMany(fact => CloudEvent.Of(fact, settings.Source))
            .Where(e => e.Partner.Value == replay.Partner && e.Place >= replay.From).ToList();
        await using var batch = new NpgsqlBatch(connection);
        if (told.Count > 0) batch.BatchCommands.Add(WebhookFeedRows.TellAgain(replay.Webhook, told));
        batch.BatchCommands.Add(WebhookFeedRows.Advance(replay, page.LastSequence < replay.From.Sequence ? replay.Until : page.LastSequence));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
