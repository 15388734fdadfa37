using System.Collections.Concurrent;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

/// <summary>The balance of each purse and how many events made it.</summary>
internal sealed class TotalsView : IProjection
{
    /// <summary>An event that puts this much can't be applied until it is known.</summary>
    public const long Unlucky = 13;

    private readonly ConcurrentDictionary<long, TaskCompletionSource> applied = [];

    public string Name => "totals";

    public string Tables { get; set; } = "create table purse (id uuid primary key, balance bigint not null, events bigint not null)";

    public bool KnowsUnlucky { get; set; }

    /// <summary>Completes when an event is being applied.</summary>
    public Task HasApplied(long sequence) => applied.GetOrAdd(sequence, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into purse (id, balance, events)
            select id, sum(points), count(*) from unnest($1::uuid[], $2::bigint[]) as e (id, points) group by id
            on conflict (id) do update set balance = purse.balance + excluded.balance, events = purse.events + excluded.events
            """, connection);
        command.Parameters.Add(new() { Value = page.Select(e => e.StreamId).ToArray() });
        command.Parameters.Add(new() { Value = page.Select(e => e.Data is PointsTaken taken ? -taken.Points : ((PointsPut)e.Data).Points).ToArray() });
        await command.ExecuteNonQueryAsync(ct);
        if (!KnowsUnlucky && page.Any(e => e.Data is PointsPut { Points: Unlucky }))
            throw new InvalidOperationException("Thirteen is unlucky.");
        foreach (var @event in page)
            applied.GetOrAdd(@event.Sequence, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
