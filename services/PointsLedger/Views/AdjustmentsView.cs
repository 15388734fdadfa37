using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <param name="AdjustmentId">By which it is approved or rejected.</param>
/// <param name="Status"><c>proposed</c>, <c>approved</c> or <c>rejected</c>.</param>
/// <param name="Account">The account that it corrects.</param>
/// <param name="Issuer">The partner whose points they are.</param>
/// <param name="Points">Points granted; below zero where they are taken.</param>
/// <param name="Reason">Its reason code.</param>
/// <param name="Note">What the maker wrote to the checker.</param>
/// <param name="Maker">The operator who proposed it.</param>
/// <param name="ProposedAt">When.</param>
/// <param name="Checker">The operator who decided; null before.</param>
internal sealed record AdjustmentLine(
    Guid AdjustmentId, string Status, Guid Account, Guid Issuer, long Points, string Reason, string? Note, string Maker, DateTimeOffset ProposedAt, string? Checker)
{
    public static readonly IReadOnlyList<string> Statuses = ["proposed", "approved", "rejected"];

    public static AdjustmentLine Of(Adjustment adjustment)
    {
        var e = adjustment.Proposal!;
        return new(
            e.Adjustment, Statuses[(int)adjustment.Status - 1], e.Account.Value, e.Issuer.Value, e.Points.Value, e.Reason, e.Note, e.Maker, e.RecordedAt, adjustment.Checker);
    }

    public static string Address(Guid adjustment) => $"/v1/adjustments/{adjustment}";
}

/// <summary>The list of adjustments. An adjustment by itself is read from its stream, which never lags.</summary>
internal sealed class AdjustmentsView : IProjection
{
    public string Name => "adjustments";

    public string Tables =>
        """
        create table adjustments (
            stream_id uuid not null primary key, place bigint not null, adjustment_id uuid not null, status text not null, account_id uuid not null, issuer uuid not null,
            points bigint not null, reason text not null, note text null, maker text not null, proposed_at timestamptz not null, checker text null
        );
        create unique index adjustments_in_order on adjustments (place);
        create unique index adjustments_by_status on adjustments (status, place);
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var e in page)
        {
            var command = e.Data switch
            {
                AdjustmentProposed proposed => Insert(e, proposed),
                AdjustmentApproved approved => Decide(e.StreamId, "approved", approved.Checker),
                AdjustmentRejected rejected => Decide(e.StreamId, "rejected", rejected.Checker),
                _ => null,
            };
            if (command is not null) batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Insert(StoredEvent stored, AdjustmentProposed e) => new(
        """
        insert into adjustments (stream_id, place, adjustment_id, status, account_id, issuer, points, reason, note, maker, proposed_at)
        values ($1, $2, $3, 'proposed', $4, $5, $6, $7, $8, $9, $10)
        """)
    {
        Parameters =
        {
            new() { Value = stored.StreamId }, new() { Value = stored.Sequence }, new() { Value = e.Adjustment }, new() { Value = e.Account.Value },
            new() { Value = e.Issuer.Value }, new() { Value = e.Points.Value }, new() { Value = e.Reason },
            new() { Value = (object?)e.Note ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }, new() { Value = e.Maker },
            new() { Value = e.RecordedAt.UtcDateTime },
        },
    };

    private static NpgsqlBatchCommand Decide(Guid stream, string status, string checker) => new("update adjustments set status = $2, checker = $3 where stream_id = $1")
    {
        Parameters = { new() { Value = stream }, new() { Value = status }, new() { Value = checker } },
    };
}

/// <summary>Reads the view.</summary>
internal sealed class AdjustmentsReader(DocumentStore store)
{
    /// <summary>Adjustments after a place in the order of their proposals; those of a status, or all.</summary>
    public async Task<IReadOnlyList<(long Place, AdjustmentLine Line)>> Read(string? status, long after, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"""
            select place, adjustment_id, status, account_id, issuer, points, reason, note, maker, proposed_at, checker
            from adjustments.adjustments where place > $1 {(status is null ? "" : "and status = $3")} order by place limit $2
            """);
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new() { Value = limit });
        if (status is not null) query.Parameters.Add(new() { Value = status });
        var lines = new List<(long, AdjustmentLine)>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            lines.Add((row.GetInt64(0), new(
                row.GetGuid(1), row.GetString(2), row.GetGuid(3), row.GetGuid(4), row.GetInt64(5), row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7),
                row.GetString(8), row.GetFieldValue<DateTimeOffset>(9), row.IsDBNull(10) ? null : row.GetString(10))));
        }

        return lines;
    }
}
