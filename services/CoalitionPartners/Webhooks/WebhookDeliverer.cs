using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>
/// Sends what is due, many at once and few to one endpoint, so that one that is slow or dead holds up nobody else. An attempt that this
/// process did not live to write down is made again: what is sent may come twice, under the same id.
/// </summary>
internal sealed class WebhookDeliverer(
    DocumentStore store, WebhookDeliveryRows rows, WebhookSender sender, WebhookSettings settings, TimeProvider clock, ILogger<WebhookDeliverer> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);
    private static readonly TimeSpan ToWriteItDown = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim freed = new(0);
    private readonly Lock gate = new();
    private readonly Dictionary<long, (DueDelivery Delivery, Task Attempt)> underWay = [];

    public override void Dispose()
    {
        freed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.AllowPrivate)
            logger.LogWarning("Webhooks:AllowPrivate is on: partners can have this service send requests anywhere in its own network. It is for tests on one's own machine");
        await Task.WhenAll(Deliver(stoppingToken), Sweep(stoppingToken));
        Task[] left;
        lock (gate) left = [.. underWay.Values.Select(u => u.Attempt)];
        await Task.WhenAll(left);
    }

    private async Task Deliver(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                // A place that became free before is looked for now; one that becomes free from now on is used at once.
                while (await freed.WaitAsync(0, ct)) continue;
                if (!await Take(ct)) await freed.WaitAsync(Look, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Webhooks have to wait");
                await Task.Delay(AfterOutage, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Whether there was anything to send.
    private async Task<bool> Take(CancellationToken ct)
    {
        IReadOnlyDictionary<Guid, int> byEndpoint;
        int well, ailing;
        lock (gate)
        {
            byEndpoint = underWay.Values.CountBy(u => u.Delivery.Webhook).ToDictionary();
            ailing = underWay.Values.Count(u => u.Delivery.Ailing);
            well = underWay.Count - ailing;
        }

        var due = await rows.Take(byEndpoint, settings.PerEndpoint, settings.AtOnce - well, settings.AtOnce - ailing, settings.Timeout + ToWriteItDown, ct);
        foreach (var delivery in due)
        {
            lock (gate) underWay.Add(delivery.Id, (delivery, Task.Run(() => Attempt(delivery, ct), CancellationToken.None)));
        }

        return due.Count > 0;
    }

    private async Task Attempt(DueDelivery delivery, CancellationToken ct)
    {
        try
        {
            var (attempt, retryAfter) = await sender.Send(delivery, ct);
            var verdict = settings.Schedule.Judge(delivery.Attempt, attempt.Status, retryAfter, Random.Shared.NextDouble());
            if (verdict is Verdict.GivenUp)
                logger.LogWarning("Event {Event} was not taken by webhook {Webhook} and is given up", delivery.EventId, delivery.Webhook);
            if (verdict is Verdict.Again { Gone: true }) await Disable(delivery, ct);
            await rows.Write(delivery, attempt, verdict, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(ToWriteItDown);
            await rows.PutBack(delivery, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "How delivery {Delivery} went could not be written down; it is made again", delivery.Id);
        }
        finally
        {
            lock (gate) underWay.Remove(delivery.Id);
            freed.Release();
        }
    }

    private async Task Disable(DueDelivery delivery, CancellationToken ct)
    {
        await using var session = store.OpenSession(Origin.System("coalition-partners"));
        var stream = await session.FetchForWriting<PartnerWebhooks>(PartnerWebhooks.IdOf(delivery.Partner), ct);
        if (stream.State.Disable(delivery.Partner, delivery.Webhook, clock.GetUtcNow()) is not Decision<WebhookFact>.Accepted { Events: { Count: > 0 } facts })
            return;
        session.Append(stream, facts);
        try
        {
            await session.SaveChanges(ct);
            logger.LogInformation("Webhook {Webhook} is gone and is told nothing more until it is resumed", delivery.Webhook);
        }
        catch (ConcurrencyException)
        {
            // Somebody else changed one of the partner's webhooks; if this one still answers that it is gone, the next attempt says so.
        }
    }

    private async Task Sweep(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await rows.Forget(settings.Keep, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.LogWarning(e, "Old deliveries of webhooks could not be removed; it will be tried again");
            }

            await Task.Delay(BetweenSweeps, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
