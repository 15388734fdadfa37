using Loyalty.Testing;
using Npgsql;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

/// <summary>
/// Writes as Marten's quick append does: plain rows, the number taken inside the transaction, no snapshot, no origin. Its
/// transaction stays open until it is told otherwise.
/// </summary>
internal sealed class ForeignWriter : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private NpgsqlTransaction transaction;

    public ForeignWriter(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (this.connection, this.transaction) = (connection, transaction);

    public int ProcessId => connection.ProcessID;

    public static async Task<ForeignWriter> On(TestDatabase database)
    {
        var opened = await StoreUnderTest.ConnectAs(database.Service);
        return new(opened, await opened.BeginTransactionAsync());
    }

    /// <summary>Appends one event and commits.</summary>
    public static async Task Write(TestDatabase database, Guid stream, string type = "points-put", string data = """{"Points": 1}""")
    {
        await using var writer = await On(database);
        await writer.Append(stream, type, data);
        await writer.Commit();
    }

    /// <summary>Appends one event and answers its number.</summary>
    public async Task<long> Append(Guid stream, string type = "points-put", string data = """{"Points": 1}""")
    {
        await using var command = StoreUnderTest.Command(
            """
            with stream as (
                insert into mt_streams (id, type, version, timestamp, created, tenant_id, is_archived)
                values ($1, 'purse', 1, now(), now(), '*DEFAULT*', false)
                on conflict (id) do update set version = mt_streams.version + 1, timestamp = now() returning version)
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
            select nextval('mt_events_sequence'), gen_random_uuid(), $1, version, $3::jsonb, $2, now(), '*DEFAULT*', false from stream
            returning seq_id
            """, connection, stream, type, data);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task Commit() => transaction.CommitAsync();

    public Task RollBack() => transaction.RollbackAsync();

    public async Task BeginAgain() => transaction = await connection.BeginTransactionAsync();

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
