using Npgsql;

namespace Loyalty.EventStore;

/// <summary>What a rebuild found.</summary>
/// <param name="Events">The sequence number up to which it was rebuilt.</param>
/// <param name="DifferentRows">Rows in which the live view and the rebuilt one differed at that point; 0 when all is well.</param>
public sealed record RebuildResult(long Events, long DifferentRows);

/// <summary>
/// Rebuilds a projection from the first event beside the live one, which keeps serving, compares the two at the same point of the
/// log and puts the new one in the old one's place in one transaction.
/// </summary>
public sealed class ProjectionRebuild(DocumentStore store, EventLog log)
{
    private const int PageSize = 5000;

    /// <summary>Rebuilds and swaps. May be interrupted at any time; the next one starts afresh.</summary>
    public async Task<RebuildResult> Run(IProjection projection, CancellationToken ct)
    {
        var beside = projection.Name + "_rebuild";
        var mark = Progression.Of(beside);
        await using var lease = await Lease.Take(store.DataSource, "rebuild:" + projection.Name, ct)
            ?? throw new InvalidOperationException($"Somebody else is rebuilding '{projection.Name}'.");
        await ProjectionTables.Ensure(store.DataSource, projection, ct);
        await StartAfresh(projection, beside, mark, ct);
        var reached = 0L;
        while (true)
        {
            var now = await ProjectionTables.ApplyNextPage(store.DataSource, log, projection, beside, mark, PageSize, ct);
            if (now == reached)
                return await Swap(projection, beside, mark, ct);
            reached = now;
        }
    }

    private async Task StartAfresh(IProjection projection, string beside, string mark, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ProjectionTables.Execute(connection, $"drop schema if exists {beside} cascade", ct);
        await ProjectionTables.Create(connection, projection, beside, ct);
        await ProjectionTables.Forget(connection, mark, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<RebuildResult> Swap(IProjection projection, string beside, string mark, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var live = await Progression.Find(connection, Progression.Of(projection.Name), ct, andLock: true);
        var rebuilt = await Progression.Find(connection, mark, ct, andLock: true);
        await ProjectionTables.Execute(connection, $"set local search_path = {(rebuilt < live ? beside : projection.Name)}, public", ct);
        var (from, to) = (Math.Min(live, rebuilt), Math.Max(live, rebuilt));
        while (from < to)
        {
            var page = await log.Read(from, PageSize, ct);
            if (page.LastSequence == from)
                throw new ConcurrencyException("The log can't be read up to the live mark at the moment.");
            await projection.Apply(connection, [.. page.Events.Where(e => e.Sequence <= to)], ct);
            from = Math.Min(page.LastSequence, to);
        }

        var different = await DifferentRows(connection, projection.Name, beside, ct);
        await ProjectionTables.Execute(connection,
            $"drop schema {projection.Name} cascade; alter schema {beside} rename to {projection.Name}", ct);
        if (to != live)
            await Progression.Move(connection, Progression.Of(projection.Name), live, to, ct);
        await ProjectionTables.Forget(connection, mark, ct);
        await transaction.CommitAsync(ct);
        return new(to, different);
    }

    private static async Task<long> DifferentRows(NpgsqlConnection connection, string live, string beside, CancellationToken ct)
    {
        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select tablename from pg_tables where schemaname = $1 order by 1", connection))
        {
            list.Parameters.Add(new() { Value = live });
            await using var reader = await list.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                tables.Add(reader.GetString(0));
        }

        var different = 0L;
        foreach (var table in tables)
        {
            await using var compare = new NpgsqlCommand(
                $"""
                select count(*) from (
                    (table {live}."{table}" except all table {beside}."{table}") union all
                    (table {beside}."{table}" except all table {live}."{table}")) d
                """, connection);
            different += (long)(await compare.ExecuteScalarAsync(ct))!;
        }

        return different;
    }
}
