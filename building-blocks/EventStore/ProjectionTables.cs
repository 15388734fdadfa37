using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>The tables of a projection and the transaction in which rows and mark move together.</summary>
internal static partial class ProjectionTables
{
    /// <summary>Makes the tables where there are none. False when those that exist were made for another <c>Tables</c> than today's.</summary>
    public static async Task<bool> Ensure(NpgsqlDataSource dataSource, IProjection projection, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Execute(connection, "select pg_advisory_xact_lock(hashtextextended('projection-tables', 0))", ct);
        await using var find = new NpgsqlCommand("select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = $1", connection);
        find.Parameters.Add(new() { Value = projection.Name });
        var found = await find.ExecuteScalarAsync(ct);
        if (found is not null)
            return found as string == Shape(projection);
        await Create(connection, projection, projection.Name, ct);
        await Progression.Restart(connection, Progression.Of(projection.Name), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    public static Task Create(NpgsqlConnection connection, IProjection projection, string schema, CancellationToken ct) =>
        SchemaName().IsMatch(schema)
            ? Execute(connection,
                $"""
                create schema {schema};
                comment on schema {schema} is '{Shape(projection)}';
                set local search_path = {schema}, public;
                {projection.Tables}
                """, ct)
            : throw new InvalidOperationException($"'{schema}' is no name for a projection: lower-case letters and underscores only.");

    /// <summary>Applies one page and returns the new mark; the old one when there was nothing to apply.</summary>
    public static async Task<long> ApplyNextPage(
        NpgsqlDataSource dataSource, EventLog log, IProjection projection, int pageSize, CancellationToken ct)
    {
        var mark = Progression.Of(projection.Name);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var from = await Progression.Find(connection, mark, ct);
        var page = await log.Read(from, pageSize, ct);
        if (page.LastSequence == from)
            return from;
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // The mark is locked before anything is applied, so that a rebuild can't swap the tables between the rows and the mark.
        if (await Progression.Find(connection, mark, ct, andLock: true) != from)
            throw new ConcurrencyException($"The mark '{mark}' has moved.");
        await Apply(connection, projection, projection.Name, page, ct);
        await Progression.Move(connection, mark, from, page.LastSequence, ct);
        await transaction.CommitAsync(ct);
        return page.LastSequence;
    }

    /// <summary>Applies a page to the tables in a schema, inside the caller's transaction.</summary>
    public static async Task Apply(NpgsqlConnection connection, IProjection projection, string schema, LogPage page, CancellationToken ct)
    {
        if (page.Events.Count == 0)
            return;
        await Execute(connection, $"set local search_path = {schema}, public", ct);
        try
        {
            await projection.Apply(connection, page.Events, ct);
        }
        catch (Exception e) when (page.Events is [var only] && !Interruption.Is(e) && e is not OperationCanceledException)
        {
            throw new UnappliedEventException($"Event {only.Sequence} ({only.Name}) can't be applied: {e.Message}", e);
        }
    }

    public static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Shape(IProjection projection) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(projection.Tables)));

    [GeneratedRegex(@"\A[a-z][a-z_]{0,62}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaName();
}
