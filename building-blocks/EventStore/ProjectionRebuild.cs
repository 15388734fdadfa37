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

    /// <summary>
    /// Rebuilds up to where the live view stands, and swaps. The daemon goes on from there. May be interrupted at any time; the next
    /// one starts afresh.
    /// </summary>
    public async Task<RebuildResult> Run(IProjection projection, CancellationToken ct)
    {
        await using var lease = await Lease.Take(store.DataSource, "rebuild:" + projection.Name, ct)
            ?? throw new InvalidOperationException($"Somebody else is rebuilding '{projection.Name}'.");
        await ProjectionTables.Ensure(store.DataSource, projection, ct);
        var beside = projection.Name + "_rebuild";
        await InTransaction(async connection =>
        {
            await ProjectionTables.Execute(connection, $"drop schema if exists {beside} cascade", ct);
            await ProjectionTables.Create(connection, projection, beside, ct);
        }, ct);

        // The live view moves on meanwhile. Once it is less than a page ahead, the rest is caught up while it is held.
        var (reached, live) = (0L, 0L);
        do
        {
            await InTransaction(async connection =>
            {
                live = await Progression.Find(connection, Progression.Of(projection.Name), ct);
                reached = await CatchUp(connection, projection, beside, reached, live, ct);
            }, ct);
        }
        while (live - reached > PageSize);

        var different = 0L;
        await InTransaction(async connection =>
        {
            live = await Progression.Find(connection, Progression.Of(projection.Name), ct, andLock: true);
            while (reached < live)
                reached = await CatchUp(connection, projection, beside, reached, live, ct);
            different = await DifferentRows(connection, projection.Name, beside, ct);
            await ProjectionTables.Execute(connection,
                $"drop schema {projection.Name} cascade; alter schema {beside} rename to {projection.Name}", ct);
        }, ct);
        return new(live, different);
    }

    private async Task<long> CatchUp(NpgsqlConnection connection, IProjection projection, string beside, long reached, long live, CancellationToken ct)
    {
        if (reached == live)
            return reached;
        var page = await log.ReadAgain(connection, reached, live, PageSize, ct);
        await ProjectionTables.Apply(connection, projection, beside, page, ct);
        return page.LastSequence;
    }

    private async Task InTransaction(Func<NpgsqlConnection, Task> work, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await work(connection);
        await transaction.CommitAsync(ct);
    }

    // Compared as JSON, so that any column type will do and tables of another shape count as different rather than fail.
    private static async Task<long> DifferentRows(NpgsqlConnection connection, string live, string beside, CancellationToken ct)
    {
        var different = 0L;
        foreach (var (table, inLive, inBeside) in await Tables(connection, live, beside, ct))
        {
            var (old, fresh) = (Rows(live, table, inLive), Rows(beside, table, inBeside));
            await using var compare = new NpgsqlCommand(
                $"select count(*) from (({old} except all {fresh}) union all ({fresh} except all {old})) d", connection) { CommandTimeout = 0 };
            different += (long)(await compare.ExecuteScalarAsync(ct))!;
        }

        return different;

        static string Rows(string schema, string table, bool exists) =>
            exists ? $"select to_jsonb(t) from {schema}.\"{table}\" t" : "select null::jsonb where false";
    }

    private static async Task<List<(string Name, bool InLive, bool InBeside)>> Tables(
        NpgsqlConnection connection, string live, string beside, CancellationToken ct)
    {
        await using var list = new NpgsqlCommand(
            """
            select tablename, bool_or(schemaname = $1), bool_or(schemaname = $2) from pg_tables
            where schemaname in ($1, $2) group by tablename order by tablename
            """, connection);
        list.Parameters.Add(new() { Value = live });
        list.Parameters.Add(new() { Value = beside });
        var tables = new List<(string, bool, bool)>();
        await using var reader = await list.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            tables.Add((reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2)));
        return tables;
    }
}
