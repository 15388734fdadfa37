using Loyalty.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging;

/// <summary>
/// Tells other services what this service's log records: the log is the outbox. One process publishes a database's log at a time;
/// others stand by. Whatever fails or takes too long ends a <see cref="RelayRun"/>, and the next begins with a new connection.
/// </summary>
internal sealed class Relay(DocumentStore store, EventLog log, Broker broker, MessagingOptions options, IServiceProvider services, ILogger<Relay> logger) : BackgroundService
{
    public static readonly string MarkName = Progression.Of("Relay");

    private static readonly TimeSpan StandBy = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public Condition Condition { get; } = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = StandBy;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var lease = await Deadline.Within(
                    RelayRun.Answer, "Asking for the relay's lease", token => Lease.Take(store.DataSource, "relay", token), stoppingToken);
                if (lease is null)
                    Condition.Well("stands by while another process publishes");
                else
                    await Publish(lease, () => pause = StandBy, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever happened, nothing is lost: the mark stands where it stood, and what comes after it is published again.
                if (Condition.Ill("was interrupted and tries again: " + e.Message))
                    logger.LogWarning(e, "The relay of {Service} was interrupted and tries again", options.Service);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Publish(Lease lease, Action progressed, CancellationToken ct)
    {
        using var publisher = await PagePublisher.Connect(broker, options, services, ct);
        await new RelayRun(store, log, lease, publisher, Condition, logger).Go(progressed, ct);
    }
}
