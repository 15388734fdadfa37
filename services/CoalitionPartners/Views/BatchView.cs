using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A batch as it stands.</summary>
/// <param name="Received">Lines received; always accepted + replayed + refused + differing + waiting.</param>
/// <param name="Accepted">Lines posted.</param>
/// <param name="Replayed">Lines that had been posted before, by another line, batch or till.</param>
/// <param name="Refused">Lines that were not posted.</param>
/// <param name="Differing">Lines whose transaction id stands for another transaction; not posted.</param>
/// <param name="Waiting">Lines without an outcome yet.</param>
/// <param name="Atomic">Whether one bad line refuses all.</param>
/// <param name="CheckOnly">Whether it is checked and not posted.</param>
/// <param name="Cancelled">Whether what had not been sent was withdrawn.</param>
internal sealed record BatchShown(
    Guid BatchId, Guid PartnerId, BatchState State, int Received, int Accepted, int Replayed, int Refused, int Differing, int Waiting,
    bool Atomic, bool CheckOnly, bool Cancelled, string SubmittedBy, DateTimeOffset ReceivedAt, DateTimeOffset? CompletedAt);

/// <summary>A line of a batch and what became of it.</summary>
/// <param name="Outcome"><c>accepted</c>, <c>replayed</c>, <c>refused</c>, <c>differs</c> or <c>waiting</c>.</param>
/// <param name="Code">Stable code of a refusal.</param>
/// <param name="Points">What the account gained, below zero for what it lost.</param>
/// <param name="Balance">Points that could be spent afterwards.</param>
internal sealed record BatchLineShown(int Line, string? TransactionId, string Outcome, string? Code, string? Detail, long? Points, long? Balance);

/// <summary>Batches as partners see them: their own ones only; an operator sees all.</summary>
internal sealed class BatchView(DocumentStore store)
{
    private const string Columns =
        "id, partner, state, lines, accepted, replayed, refused, differing, atomic, check_only, cancelled, submitted_by, received_at, completed_at";

    /// <summary>One batch; null where it is another partner's, or none.</summary>
    public async Task<BatchShown?> Find(PartnerId? partner, Guid id, CancellationToken ct) =>
        (await Read("id = $3", partner, id, 1, ct)).SingleOrDefault();

    /// <summary>Batches, the newest first, before one.</summary>
    public Task<IReadOnlyList<BatchShown>> List(PartnerId? partner, Guid before, int limit, CancellationToken ct) => Read("id < $3", partner, before, limit, ct);

    /// <summary>Lines of a batch in order, after one; of one outcome where one is given, and up to so many where so many are given. Read as they are asked for.</summary>
    public async IAsyncEnumerable<BatchLineShown> Lines(
        Guid batch, string? outcome, int after, int? limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select line, transaction_id, coalesce(outcome, 'waiting'), code, detail, points, balance
            from batch_lines where batch = $1 and line > $2 and ($3::text is null or coalesce(outcome, 'waiting') = $3) order by line limit $4
            """);
        query.Parameters.Add(new() { Value = batch });
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = outcome });
        query.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = limit });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            yield return new(row.GetInt32(0), await Nullable<string>(row, 1, ct), row.GetString(2), await Nullable<string>(row, 3, ct), await Nullable<string>(row, 4, ct),
                await Nullable<long?>(row, 5, ct), await Nullable<long?>(row, 6, ct));
        }
    }

    private async Task<IReadOnlyList<BatchShown>> Read(string which, PartnerId? partner, Guid id, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"select {Columns} from batches where ($1::uuid is null or partner = $1) and key is not null and {which} order by id desc limit $2");
        query.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = partner?.Value });
        query.Parameters.Add(new() { Value = limit });
        query.Parameters.Add(new() { Value = id });
        var batches = new List<BatchShown>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var counts = new BatchCounts(row.GetInt32(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7));
            batches.Add(new(
                row.GetGuid(0), row.GetGuid(1), Enum.Parse<BatchState>(row.GetString(2), ignoreCase: true), counts.Received, counts.Accepted, counts.Replayed,
                counts.Refused, counts.Differing, counts.Waiting, row.GetBoolean(8), row.GetBoolean(9), row.GetBoolean(10), row.GetString(11),
                row.GetFieldValue<DateTimeOffset>(12), await Nullable<DateTimeOffset?>(row, 13, ct)));
        }

        return batches;
    }

    private static async ValueTask<T?> Nullable<T>(NpgsqlDataReader row, int column, CancellationToken ct) =>
        await row.IsDBNullAsync(column, ct) ? default : await row.GetFieldValueAsync<T>(column, ct);
}
