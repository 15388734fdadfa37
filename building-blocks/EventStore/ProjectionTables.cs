using Npgsql;

namespace Loyalty.EventStore;

/// <summary>The tables of a projection and the transaction in which rows and mark move together.</summary>
internal static class ProjectionTables
{
    public static async Task Ensure(NpgsqlDataSource dataSource, IProjection projection, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var exists = new NpgsqlCommand("select exists (select from pg_namespace where nspname = $1)", connection);
        exists.Parameters.Add(new() { Value = projection.Name });
        if (await exists.ExecuteScalarAsync(ct) is false)
        {
            await Create(connection, projection, projection.Name, ct);
            await Forget(connection, Progression.Of(projection.Name), ct);
        }

        await transaction.CommitAsync(ct);
    }

    public static async Task Create(NpgsqlConnection connection, IProjection projection, string schema, CancellationToken ct)
    {
        await Execute(connection, $"create schema {schema}; set local search_path = {schema}, public; {projection.Tables}", ct);
    }

    public static async Task Forget(NpgsqlConnection connection, string mark, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("delete from mt_event_progression where name = $1", connection);
        command.Parameters.Add(new() { Value = mark });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Applies one page and returns the new mark; the old one when there was nothing to apply.</summary>
    public static async Task<long> ApplyNextPage(
        NpgsqlDataSource dataSource, EventLog log, IProjection projection, string schema, string mark, int pageSize, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var from = await Progression.Find(connection, mark, ct);
        var page = await log.Read(from, pageSize, ct);
        if (page.LastSequence == from)
            return from;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The mark is locked before anything is applied, so that a rebuild can't swap the tables between the rows and the mark.
        if (await Progression.Find(connection, mark, ct, andLock: true) != from)
            throw new ConcurrencyException($"The mark '{mark}' has moved.");
        await Execute(connection, $"set local search_path = {schema}, public", ct);
        if (page.Events.Count > 0)
            await projection.Apply(connection, page.Events, ct);
        await Progression.Move(connection, mark, from, page.LastSequence, ct);
        await transaction.CommitAsync(ct);
        return page.LastSequence;
    }

    public static Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct) =>
        new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync(ct);
}
