using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Loyalty.Cli.Audit;

/// <summary>
/// A service's database as it was at one moment: everything is read in one transaction that sees nothing of what is committed later,
/// and that can't write. Rows are read as they come, never all at once.
/// </summary>
internal sealed class AuditedDatabase : IAsyncDisposable
{
    private readonly string connectionString;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private AuditedDatabase(string service, string connectionString, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (Service, this.connectionString, this.connection, this.transaction) = (service, connectionString, connection, transaction);

    /// <summary>Whose database it is, as it is called in findings: <c>ledger</c>.</summary>
    public string Service { get; }

    public static Task<AuditedDatabase> Open(string service, string connectionString, CancellationToken ct) => Open(service, connectionString, null, ct);

    /// <summary>A second connection that sees the very same moment, for reading two things side by side.</summary>
    public async Task<AuditedDatabase> Beside(CancellationToken ct) =>
        await Open(Service, connectionString, await Value<string>("select pg_export_snapshot()", ct), ct);

    /// <summary>One value as it is now, outside of the moment.</summary>
    public static async Task<T> Now<T>(string connectionString, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var visit = new NpgsqlConnection(Unpooled(connectionString));
        await visit.OpenAsync(ct);
        await using var command = Command(visit, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    public async Task<T> Value<T>(string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Whether there is such a table; a service that has never run has no views.</summary>
    public Task<bool> Has(string table, CancellationToken ct) => Value<bool>("select to_regclass($1) is not null", ct, table);

    public async IAsyncEnumerable<NpgsqlDataReader> Rows(string sql, [EnumeratorCancellation] CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, ct);
        while (await reader.ReadAsync(ct)) yield return reader;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static async Task<AuditedDatabase> Open(string service, string connectionString, string? moment, CancellationToken ct)
    {
        var opened = new NpgsqlConnection(Unpooled(connectionString));
        await opened.OpenAsync(ct);
        var begun = await opened.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // While one database is read, the transaction in another one waits for longer than services may.
        foreach (var setting in new[] { "set transaction read only", moment is null ? "select 1" : $"set transaction snapshot '{moment}'", "set local idle_in_transaction_session_timeout = 0" })
        {
            await using var command = Command(opened, setting, []);
            await command.ExecuteNonQueryAsync(ct);
        }

        return new(service, connectionString, opened, begun);
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0, ApplicationName = "loyalty audit" }.ConnectionString;

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
