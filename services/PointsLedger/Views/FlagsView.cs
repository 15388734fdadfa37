using System.Collections.Immutable;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <param name="Sequence">Its place in the ledger.</param>
/// <param name="Account">The account.</param>
/// <param name="Type">The stored name of the fact: <c>points-accrued</c>.</param>
/// <param name="Partner">The partner that posted it.</param>
/// <param name="TransactionId">That partner's id of the transaction.</param>
/// <param name="Store">The partner's store.</param>
/// <param name="Points">How many points it is about.</param>
/// <param name="Limits">Ids of the limits it went beyond.</param>
/// <param name="RecordedAt">When the ledger recorded it.</param>
internal sealed record FlaggedPosting(
    long Sequence, Guid Account, string Type, Guid Partner, string TransactionId, string Store, long Points, IReadOnlyList<string> Limits, DateTimeOffset RecordedAt);

/// <summary>Postings that somebody should look at.</summary>
internal sealed class FlagsView : IProjection
{
    public string Name => "flags";

    public string Tables =>
        """
        create table postings (
            sequence bigint not null primary key, account_id uuid not null, type text not null, partner uuid not null, transaction_id text not null, store text not null,
            points bigint not null, limits text[] not null, recorded_at timestamptz not null
        )
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var flagged in page.Select(Of))
        {
            if (flagged is not null) batch.BatchCommands.Add(Insert(flagged));
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    private static FlaggedPosting? Of(StoredEvent stored) => stored.Data switch
    {
        PointsAccrued e => Of(stored, e, e.Limits, e.Store, e.Earned()),
        PointsReserved e => Of(stored, e, e.Limits, e.Store, e.Points),
        PointsRedeemed e => Of(stored, e, e.Limits, e.Store, e.Points),
        _ => null,
    };

    private static FlaggedPosting? Of(StoredEvent stored, ITransactionFact fact, ImmutableArray<LimitCount>? limits, string store, Points points)
    {
        var by = fact.Transaction;
        return limits.Flags() is { } flags
            ? new(stored.Sequence, stored.StreamId, stored.Name, by.Partner.Value, by.Id.Value, store, points.Value, flags, by.RecordedAt)
            : null;
    }

    private static NpgsqlBatchCommand Insert(FlaggedPosting flagged) => new("insert into postings values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    {
        Parameters =
        {
            new() { Value = flagged.Sequence }, new() { Value = flagged.Account }, new() { Value = flagged.Type }, new() { Value = flagged.Partner },
            new() { Value = flagged.TransactionId }, new() { Value = flagged.Store }, new() { Value = flagged.Points },
            new() { Value = flagged.Limits.ToArray() }, new() { Value = flagged.RecordedAt.UtcDateTime },
        },
    };
}

/// <summary>Reads the view.</summary>
internal sealed class FlagsReader(DocumentStore store)
{
    /// <summary>Flagged postings after a place in the ledger.</summary>
    public async Task<IReadOnlyList<FlaggedPosting>> Read(long after, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select * from flags.postings where sequence > $1 order by sequence limit $2");
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new() { Value = limit });
        var flagged = new List<FlaggedPosting>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            flagged.Add(new(
                row.GetInt64(0), row.GetGuid(1), row.GetString(2), row.GetGuid(3), row.GetString(4), row.GetString(5), row.GetInt64(6),
                row.GetFieldValue<string[]>(7), row.GetFieldValue<DateTimeOffset>(8)));
        }

        return flagged;
    }
}
