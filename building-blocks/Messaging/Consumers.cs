using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loyalty.Messaging;

/// <summary>
/// Keeps the service's queues consumed. Whatever goes wrong with a <see cref="ConsumingBus"/>, that it stands still included, is
/// logged, shows in readiness, and is answered by a new one.
/// </summary>
internal sealed class Consumers(Broker broker, MessagingOptions options, IServiceProvider services, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly ILogger logger = loggers.CreateLogger<Consumers>();

    public Condition Condition { get; } = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Consume(() => pause = ShortestPause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (Condition.Ill("were interrupted and start again: " + e.Message))
                    logger.LogWarning(e, "The consumers of {Service} were interrupted and start again", options.Service);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }

            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Consume(Action well, CancellationToken ct)
    {
        // Asked directly first: the broker answers or fails at once, where a bus would go on trying by itself.
        Broker.Leave(await broker.Connect(options.Service + " consumers' first look", ct));
        using var bus = new ConsumingBus(broker, options, services, loggers);
        try
        {
            await bus.Run(
                () =>
                {
                    Condition.Well("take what comes");
                    well();
                },
                ct);
        }
        finally
        {
            if (ct.IsCancellationRequested)
                await bus.Stop();
        }
    }
}
