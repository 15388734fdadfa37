using System.Diagnostics;
using MassTransit;

namespace Loyalty.Messaging;

/// <summary>
/// What one queue brings in over one bus: whether it gets anywhere. Ends with its bus, so that whatever
/// hangs in an old bus holds up nothing in the next.
/// </summary>
internal sealed class Intake(string queue) : IFilter<ReceiveContext>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource end = new();
    private long moved = Stopwatch.GetTimestamp();
    private int inHand;
    private uint left;

    public string Queue => queue;

    /// <summary>Cancelled when the bus has been given up.</summary>
    public CancellationToken Ended => end.Token;

    public static Intake Of(ConsumeContext context) => context.ReceiveContext.TryGetPayload<Intake>(out var intake)
        ? intake
        : throw new InvalidOperationException("Only what came through a queue of this service can take effect.");

    /// <summary>Something happened here: a message came or went, or another attempt was made.</summary>
    public void Moves() => Volatile.Write(ref moved, Stopwatch.GetTimestamp());

    /// <summary>
    /// Says what is wrong when messages wait, and neither has anything happened here nor has anybody else taken any for a while.
    /// </summary>
    public void Check(uint waiting)
    {
        if (waiting < left || (waiting == 0 && Volatile.Read(ref inHand) == 0))
            Moves();
        left = waiting;
        var still = Stopwatch.GetElapsedTime(Volatile.Read(ref moved));
        if (still > Patience)
        {
            throw new TimeoutException(FormattableString.Invariant(
                $"Nothing has happened in {queue} for {still.TotalSeconds:0} seconds: {waiting} messages wait there and {inHand} here."));
        }
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (end.IsCancellationRequested)
            throw new StoppingException("The bus has been left.");
        context.AddOrUpdatePayload(() => this, _ => this);
        Interlocked.Increment(ref inHand);
        Moves();
        try
        {
            await next.Send(context);
        }
        finally
        {
            Interlocked.Decrement(ref inHand);
            Moves();
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("intake");

    /// <summary>The bus has been left: what is in hand goes back to the queue unless it takes effect at this moment.</summary>
    public void End() => end.Cancel();
}
