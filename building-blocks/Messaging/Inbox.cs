using System.Runtime.CompilerServices;
using Loyalty.EventStore;
using MassTransit;
using MassTransit.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging;

/// <summary>The transaction in which an event takes effect.</summary>
/// <param name="Transaction">Write on its connection; the inbox commits.</param>
/// <param name="Origin">Who causes what the effect appends: this service, in the trace of the message.</param>
public sealed record InboxTransaction(NpgsqlTransaction Transaction, Origin Origin)
{
    // By reference: two events may say the same and still be two.
    internal IReadOnlyDictionary<object, Delivery> Deliveries { get; init; } = new Dictionary<object, Delivery>();

    private readonly List<Action> afterCommit = [];

    /// <summary>Does something in memory once the transaction has been committed, and only then.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    internal void Committed() => afterCommit.ForEach(action => action());

    /// <summary>The id of an event that takes effect in this transaction.</summary>
    public Guid EventIdOf(object message) => Deliveries[message].EventId;

    /// <summary>Who causes what this one event of a batch appends: this service, in the trace of that event.</summary>
    public Origin OriginOf(object message) => Origin with { TraceParent = Deliveries[message].TraceParent };
}

/// <summary>How a message came.</summary>
internal sealed record Delivery(Guid EventId, string? TraceParent);

/// <summary>
/// Lets every event take effect once per queue, for ever, however often it is delivered: the event's id is claimed in the
/// transaction of its effect.
/// <para>
/// An effect may run several times before it commits, so it must do nothing outside its transaction. While the database is away
/// it is waited for. Conflicts are retried in place. Anything else is tried a few times and then goes to the error queue.
/// </para>
/// </summary>
public sealed class Inbox(
    DocumentStore store, LogSignal signal, MessagingOptions options, IHostApplicationLifetime lifetime, ILogger<Inbox> logger)
{
    private const int Tries = 3;
    private const int ConflictTries = 50;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Lets an event take effect unless it already has.</summary>
    public Task Once<T>(ConsumeContext<T> context, Func<InboxTransaction, T, Task> effect) where T : class =>
        Apply<T>(Intake.Of(context), [Received<T>.From(context)], (transaction, fresh) => effect(transaction, fresh[0]), context.CancellationToken);

    /// <summary>
    /// Lets those events of a batch take effect that have not yet, in order, in one transaction. When the batch as a whole fails,
    /// each event is tried by itself, so that one bad event does not take the good ones with it.
    /// </summary>
    public async Task Once<T>(ConsumeContext<Batch<T>> context, Func<InboxTransaction, IReadOnlyList<T>, Task> effect) where T : class
    {
        var intake = Intake.Of(context);
        var received = context.Message.Select(Received<T>.From).ToList();
        await intake.InTurn(
            async () =>
            {
                try
                {
                    await Apply(intake, received, effect, context.CancellationToken);
                }
                catch (Exception e) when (received.Count > 1 && !Stops(e))
                {
                    logger.LogWarning(e, "A batch of {Count} events of {Queue} failed; each is tried by itself", received.Count, intake.Queue);
                    await OneByOne(intake, context, effect);
                }
            },
            context.CancellationToken);
    }

    private async Task OneByOne<T>(
        Intake intake, ConsumeContext<Batch<T>> context, Func<InboxTransaction, IReadOnlyList<T>, Task> effect) where T : class
    {
        var failures = new List<Exception>();
        foreach (var message in context.Message)
        {
            try
            {
                await Apply(intake, [Received<T>.From(message)], effect, context.CancellationToken);
                await message.NotifyConsumed(TimeSpan.Zero, nameof(Inbox));
            }
            catch (Exception e) when (!Stops(e))
            {
                failures.Add(e);
            }
        }

        // MassTransit gives this failure to those messages only that were not notified as consumed.
        if (failures.Count > 0)
            throw failures.Count == 1 ? failures[0] : new AggregateException(failures);
    }

    private async Task Apply<T>(
        Intake intake, IReadOnlyList<Received<T>> received, Func<InboxTransaction, IReadOnlyList<T>, Task> effect, CancellationToken ct)
        where T : class
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping, intake.Ended);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, intake.Ended);
        for (int outages = 0, conflicts = 0, tries = 0; ;)
        {
            var backend = new StrongBox<int>();
            try
            {
                await Deadline.Within(AttemptTimeout, "An attempt", token => Attempt(intake.Queue, received, effect, backend, token), ends.Token);
                return;
            }
            catch (Exception e) when (intake.Ended.IsCancellationRequested)
            {
                await Release(backend);
                throw new StoppingException("The bus has been left: " + e.Message);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                intake.Moves();
                await Release(backend);
                switch (Failures.KindOf(e))
                {
                    case FailureKind.Outage:
                        if (outages++ % 20 == 0)
                            logger.LogWarning("{Queue} waits for the database: {Reason}", intake.Queue, e.Message);
                        await Pause(TimeSpan.FromMilliseconds(Math.Min(2000, 50 << Math.Min(outages, 6))), stopping.Token);
                        break;
                    case FailureKind.Conflict when ++conflicts < ConflictTries:
                        await Pause(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 + (conflicts * 5))), stopping.Token);
                        break;
                    case FailureKind.Other when ++tries < Tries:
                        break;
                    default:
                        throw;
                }
            }
        }
    }

    private async Task Attempt<T>(
        string queue, IReadOnlyList<Received<T>> received, Func<InboxTransaction, IReadOnlyList<T>, Task> effect, StrongBox<int> backend, CancellationToken ct)
        where T : class
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        using var working = new Working(backend, connection.ProcessID);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var fresh = await Claim(queue, received, connection, ct);
        if (fresh.Count == 0)
            return;
        var deliveries = fresh.ToDictionary(r => (object)r.Message, r => r.Delivery, ReferenceEqualityComparer.Instance);
        var inbox = new InboxTransaction(transaction, Origin.System(options.Service)) { Deliveries = deliveries };
        await effect(inbox, [.. fresh.Select(r => r.Message)]);
        await transaction.CommitAsync(ct);
        inbox.Committed();
        signal.Wake();
    }

    // An attempt that hangs, and is waited for no more, would keep its claims, and whoever tries next would wait for them.
    private async Task Release(StrongBox<int> backend)
    {
        var id = Interlocked.Exchange(ref backend.Value, 0);
        if (id == 0)
            return;
        try
        {
            await Deadline.Within(
                ReleaseTimeout, "Ending an attempt",
                async token =>
                {
                    await using var end = store.DataSource.CreateCommand("select pg_terminate_backend($1)");
                    end.Parameters.Add(new() { Value = id });
                    await end.ExecuteNonQueryAsync(token);
                },
                CancellationToken.None);
        }
        catch (Exception e)
        {
            logger.LogWarning("An attempt that hung could not be ended: {Reason}", e.Message);
        }
    }

    // In the order of the ids, so that two deliveries of the same events can't wait for each other.
    private static async Task<IReadOnlyList<Received<T>>> Claim<T>(
        string queue, IReadOnlyList<Received<T>> received, NpgsqlConnection connection, CancellationToken ct)
        where T : class
    {
        await using var command = new NpgsqlCommand(
            """
            insert into inbox (consumer, event_id) select $1, id from unnest($2::uuid[]) as id order by id
            on conflict do nothing returning event_id
            """,
            connection);
        command.Parameters.Add(new() { Value = queue });
        command.Parameters.Add(new() { Value = received.Select(r => r.Delivery.EventId).ToArray() });
        var claimed = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            claimed.Add(reader.GetGuid(0));
        return [.. received.Where(r => claimed.Remove(r.Delivery.EventId))];
    }

    private static async Task Pause(TimeSpan time, CancellationToken stopping)
    {
        await Task.Delay(time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stopping.IsCancellationRequested)
            throw new StoppingException("The service stops while an event waits to take effect.");
    }

    private static bool Stops(Exception e) => e is StoppingException or OperationCanceledException;

    // Which connection of the database an attempt works on, while it does.
    private sealed class Working : IDisposable
    {
        private readonly StrongBox<int> backend;

        public Working(StrongBox<int> backend, int id) => (this.backend, backend.Value) = (backend, id);

        public void Dispose() => Interlocked.Exchange(ref backend.Value, 0);
    }

    private readonly record struct Received<T>(Delivery Delivery, T Message) where T : class
    {
        public static Received<T> From(ConsumeContext<T> context) => new(
            new(
                context.MessageId ?? throw new InvalidOperationException("A message without an id can't be told from its repeats."),
                context.Headers.Get<string>(DiagnosticHeaders.ActivityId)),
            context.Message);
    }
}
