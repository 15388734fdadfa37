using Loyalty.EventStore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Checkpoints;

/// <summary>
/// Has a checkpoint made whenever one is due: as soon as there is anything in the log, when a day has ended, and when an event stands in the
/// log that asks for one. Nothing waits for it but the readiness of the service, which degrades when it can't.
/// </summary>
internal sealed class CheckpointWorker(
    EventLog log, CheckpointMaker maker, CheckpointRows rows, CheckpointOptions options, TimeProvider clock, ILogger<CheckpointWorker> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private long looked;
    private string? trouble;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(trouble is { } said ? HealthCheckResult.Degraded("No checkpoint can be made: " + said) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await Due(stoppingToken) is { } reason)
                    await maker.Make(reason, stoppingToken);
                trouble = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (TimeoutException)
            {
                // Somebody else is at it, or the log has to settle first: the next look is soon.
            }
            catch (Exception e)
            {
                if (trouble != e.Message) logger.LogWarning(e, "No checkpoint can be made; it is tried again");
                trouble = e.Message;
            }

            await Task.Delay(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> Due(CancellationToken ct)
    {
        var latest = await rows.Latest(ct);
        if (await log.HighestVisible(ct) <= (latest?.LastSequence ?? 0)) return null;
        if (latest is null || latest.Time < LastEndOfDay()) return "day";
        if (options.AskingEvents.Count == 0 || await log.SettledUpTo(ct) is not { } upTo) return null;
        if (await rows.IsAskedFor(Math.Max(looked, latest.LastSequence), upTo, ct)) return "event";
        looked = upTo;
        return null;
    }

    private DateTimeOffset LastEndOfDay()
    {
        var now = clock.GetUtcNow();
        var today = new DateTimeOffset(DateOnly.FromDateTime(now.UtcDateTime), options.DayEndsAt, TimeSpan.Zero);
        return today <= now ? today : today.AddDays(-1);
    }
}
