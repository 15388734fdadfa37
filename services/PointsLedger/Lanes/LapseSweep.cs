using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Npgsql;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>How fast the sweep may go.</summary>
/// <param name="BatchSize">Accounts in one transaction at most.</param>
/// <param name="Pause">Between two batches, so that what falls due at one midnight is spread over the minutes after it.</param>
/// <param name="Idle">Between two looks when nothing is due.</param>
internal sealed record SweepOptions(int BatchSize, TimeSpan Pause, TimeSpan Idle)
{
    public static SweepOptions From(IConfiguration configuration) => new(
        configuration.GetValue("Sweep:BatchSize", 200),
        configuration.GetValue("Sweep:Pause", TimeSpan.FromMilliseconds(100)),
        configuration.GetValue("Sweep:Idle", TimeSpan.FromSeconds(1)));
}

/// <summary>
/// Writes down what time alone has done to accounts that nobody touches: reservations that timed out, points that activated or expired,
/// tiers that ended. Nothing waits for it, because every decision reckons with the time itself. Replicas sweep side by side; a batch
/// that was cut off leaves its accounts due.
/// </summary>
internal sealed class LapseSweep(DocumentStore store, PostingLanes lanes, RuleBook rules, SweepOptions options, TimeProvider clock, ILogger<LapseSweep> logger)
    : BackgroundService
{
    /// <summary>Sweeps one batch of what is due, and says how many accounts that were.</summary>
    public async Task<int> Sweep(int most, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var now = clock.GetUtcNow();
        var due = await Take(connection, now, most, ct);
        if (due.Count == 0) return 0;

        await using var session = store.OpenSession(LaneBatch.Ledger, transaction);
        var accounts = await session.FetchForWriting<Account>(due, ct);
        var programme = await rules.Programme();
        var next = new List<(Guid Account, DateTimeOffset At)>();
        foreach (var account in accounts.Values)
        {
            var after = session.Append(account, account.State.Lapse(now, programme));
            if (after.State.NextLapse() is { } at) next.Add((account.Id, at));
        }

        await session.SaveChanges(ct);
        await Schedule(connection, next, ct);
        await transaction.CommitAsync(ct);
        lanes.Forget(due.Select(AccountId.From));
        LaneTelemetry.Swept.Add(due.Count);
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var most = options.BatchSize;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = options.Idle;
            try
            {
                if (await Sweep(most, stoppingToken) == most) pause = options.Pause;
                most = Math.Min(options.BatchSize, most * 2);
            }
            catch (ConcurrencyException)
            {
                // Somebody posted to one of the accounts meanwhile, and by that wrote down what was due there.
                most = Math.Max(1, most / 2);
                pause = options.Pause;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogWarning(e, "What is due could not be written down; it will be tried again");
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<List<Guid>> Take(NpgsqlConnection connection, DateTimeOffset now, int most, CancellationToken ct)
    {
        await using var take = new NpgsqlCommand(
            """
            delete from lapses.due where account_id in
                (select account_id from lapses.due where due_at <= $1 order by due_at limit $2 for update skip locked)
            returning account_id
            """, connection);
        take.Parameters.Add(new() { Value = now.UtcDateTime });
        take.Parameters.Add(new() { Value = most });
        var due = new List<Guid>();
        await using var row = await take.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) due.Add(row.GetGuid(0));
        return due;
    }

    private static async Task Schedule(NpgsqlConnection connection, List<(Guid Account, DateTimeOffset At)> next, CancellationToken ct)
    {
        if (next.Count == 0) return;
        await using var schedule = new NpgsqlCommand(LapseView.Schedule("lapses.due"), connection);
        LapseView.Add(schedule.Parameters, next);
        await schedule.ExecuteNonQueryAsync(ct);
    }
}
