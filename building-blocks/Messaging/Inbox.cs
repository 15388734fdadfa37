using System.Runtime.CompilerServices;
using Loyalty.Contracts;
using Loyalty.EventStore;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.Messaging;

/// <summary>The transaction in which events take effect.</summary>
/// <param name="Transaction">Write on its connection; the inbox commits.</param>
/// <param name="Origin">Who causes what the effect appends: this service, in the trace of the event if there is only one.</param>
public sealed record InboxTransaction(NpgsqlTransaction Transaction, Origin Origin)
{
    // By reference: two events may say the same and still be two.
    internal IReadOnlyDictionary<object, Delivery> Deliveries { get; init; } = new Dictionary<object, Delivery>();

    private readonly List<Action> afterCommit = [];

    /// <summary>Does something in memory once the transaction has been committed, and only then.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    internal InboxTransaction For(object message) => this with { Origin = OriginOf(message) };

    internal void Committed() => afterCommit.ForEach(action => action());

    /// <summary>The id of an event that takes effect in this transaction.</summary>
    public Guid EventIdOf(object message) => Deliveries[message].EventId;

    /// <summary>Who causes what this one event of a page appends: this service, in the trace of that event.</summary>
    public Origin OriginOf(object message) => Origin with { TraceParent = Deliveries[message].TraceParent };
}

/// <summary>How a message came.</summary>
internal sealed record Delivery(Guid EventId, string? TraceParent);

/// <summary>
/// Lets every event take effect once per queue, for ever, however often it is delivered: the event's id is claimed in the
/// transaction of its effect.
/// <para>
/// An effect may run several times before it commits, so it must do nothing outside its transaction. While the database is away
/// it is waited for. Conflicts are retried in place. Anything else is tried a few times, with each event by itself, and then goes to the error queue.
/// </para>
/// </summary>
public sealed class Inbox(
    DocumentStore store, LogSignal signal, MessagingOptions options, IHostApplicationLifetime lifetime, ILogger<Inbox> logger)
{
    private const int Tries = 3;
    private const int ConflictTries = 50;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Lets those events of a page take effect that have not yet, in order, in one transaction. When that fails the page is halved
    /// until the bad events are alone, so that they don't take the good ones with them; then it throws for the bad ones, and the page
    /// goes to the error queue. Sent again, only they are tried again.
    /// </summary>
    /// <exception cref="FailedEventsException">Some of the events failed.</exception>
    public async Task Once<T>(ConsumeContext<Page<T>> context, Func<InboxTransaction, IReadOnlyList<T>, Task> effect) where T : class
    {
        var page = context.Message.Events.Select(told => new Received<T>(new(told.Id, told.TraceParent), told.Event)).ToArray();
        var failures = new List<string>();
        await Halve(Intake.Of(context), page, effect, failures, context.CancellationToken);
        if (failures.Count > 0)
            throw FailedEventsException.Of(page.Length, failures);
    }

    /// <summary>Like <see cref="Once{T}"/>, for an effect of one event: they take it one after another, in the same transaction.</summary>
    /// <exception cref="FailedEventsException">Some of the events failed.</exception>
    public Task OnceEach<T>(ConsumeContext<Page<T>> context, Func<InboxTransaction, T, Task> effect) where T : class =>
        Once(context, async (transaction, fresh) =>
        {
            foreach (var @event in fresh)
                await effect(transaction.For(@event), @event);
        });

    private async Task Halve<T>(
        Intake intake, ArraySegment<Received<T>> received, Func<InboxTransaction, IReadOnlyList<T>, Task> effect, List<string> failures, CancellationToken ct)
        where T : class
    {
        try
        {
            await Apply(intake, received, effect, ct);
            intake.Moves();
            return;
        }
        catch (Exception e) when (e is not (StoppingException or OperationCanceledException))
        {
            if (received.Count == 1)
            {
                var failed = received[0].Delivery.EventId;
                logger.LogWarning(e, "Event {EventId} of {Queue} failed", failed, intake.Queue);
                failures.Add($"{failed}: {e.Message}");
                return;
            }

            logger.LogInformation(e, "{Count} events of {Queue} failed together; each half is tried by itself", received.Count, intake.Queue);
        }

        var half = received.Count / 2;
        await Halve(intake, received[..half], effect, failures, ct);
        await Halve(intake, received[half..], effect, failures, ct);
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
                            logger.LogWarning("{Queue} waits for what is away: {Reason}", intake.Queue, e.Message);
                        await Pause(TimeSpan.FromMilliseconds(Math.Min(2000, 50 << Math.Min(outages, 6))), stopping.Token);
                        break;
                    case FailureKind.Conflict when ++conflicts < ConflictTries:
                        await Pause(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 + (conflicts * 5))), stopping.Token);
                        break;
                    case FailureKind.Other when received.Count == 1 && ++tries < Tries:
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
        using var spans = new EventSpans();
        var deliveries = fresh.ToDictionary(
            r => (object)r.Message, r => r.Delivery with { TraceParent = spans.Consume(typeof(T), r.Delivery.TraceParent) }, ReferenceEqualityComparer.Instance);
        var inbox = new InboxTransaction(transaction, Origin.System(options.Service)) { Deliveries = deliveries };
        if (fresh.Count == 1)
        {
            spans.Enter();
            inbox = inbox.For(fresh[0].Message);
        }

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

    private static async Task<IReadOnlyList<Received<T>>> Claim<T>(
        string queue, IReadOnlyList<Received<T>> received, NpgsqlConnection connection, CancellationToken ct)
        where T : class
    {
        await using var command = new NpgsqlCommand("select claim_events($1, $2)", connection);
        command.Parameters.Add(new() { Value = queue });
        command.Parameters.Add(new() { Value = received.Select(r => r.Delivery.EventId).ToArray() });
        if (await command.ExecuteScalarAsync(ct) is not Guid[] free)
            return received;
        var claimed = free.ToHashSet();
        return [.. received.Where(r => claimed.Remove(r.Delivery.EventId))];
    }

    private static async Task Pause(TimeSpan time, CancellationToken stopping)
    {
        await Task.Delay(time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stopping.IsCancellationRequested)
            throw new StoppingException("The service stops while an event waits to take effect.");
    }

    // Which connection of the database an attempt works on, while it does.
    private sealed class Working : IDisposable
    {
        private readonly StrongBox<int> backend;

        public Working(StrongBox<int> backend, int id) => (this.backend, backend.Value) = (backend, id);

        public void Dispose() => Interlocked.Exchange(ref backend.Value, 0);
    }

    private readonly record struct Received<T>(Delivery Delivery, T Message) where T : class;
}

/// <summary>Some events of a page could not take effect; the others have.</summary>
public sealed class FailedEventsException(string message) : Exception(message)
{
    private const int Named = 3;

    // Without an inner exception, whose message would take the place of this one in the error queue.
    internal static FailedEventsException Of(int all, IReadOnlyList<string> failures) => new(
        $"{failures.Count} of {all} events failed. " + string.Join("; ", failures.Take(Named)) + (failures.Count > Named ? "; …" : ""));
}
