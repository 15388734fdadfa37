using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>The lists of disputes and of corrections. One by itself is read from its stream, which never lags.</summary>
internal sealed class DisputesView : IProjection
{
    public string Name => "disputes";

    public string Tables =>
        """
        create table disputes (
            dispute    uuid        primary key,
            sequence   bigint      not null unique,
            cycle      text        not null,
            partner    uuid        not null,
            line       text        not null,
            currency   text        not null,
            amount     bigint      not null,
            status     text        not null,
            opened_at  timestamptz not null,
            closed_at  timestamptz null
        );
        create table corrections (
            correction  uuid        primary key,
            sequence    bigint      not null unique,
            partner     uuid        not null,
            currency    text        not null,
            amount      bigint      not null,
            reason      text        not null,
            of_cycle    text        null,
            of_line     text        null,
            dispute     uuid        null,
            status      text        not null,
            maker       text        not null,
            checker     text        null,
            proposed_at timestamptz null,
            decided_at  timestamptz null
        );
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var e in page)
        {
            if (Command(e) is { } command)
                batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand? Command(StoredEvent e) => e.Data switch
    {
        // One that was withdrawn may be raised again.
        DisputeOpened d => Sql(
            """
            insert into disputes values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)
            on conflict (dispute) do update set
                sequence = excluded.sequence, currency = excluded.currency, amount = excluded.amount, status = excluded.status, opened_at = excluded.opened_at, closed_at = null
            """,
            d.Dispute, e.Sequence, d.Cycle.ToString(), d.Partner.Value, d.Line, d.Currency.Code, d.Amount, nameof(DisputeStatus.Opened), d.OpenedAt.UtcDateTime),
        DisputeAnswered d => Sql("update disputes set status = $2 where dispute = $1", d.Dispute, nameof(DisputeStatus.Answered)),
        DisputeWithdrawn d => End(d.Dispute, DisputeStatus.Withdrawn, d.WithdrawnAt),
        DisputeUpheld d => End(d.Dispute, DisputeStatus.Upheld, d.UpheldAt),
        DisputeRejected d => End(d.Dispute, DisputeStatus.Rejected, d.RejectedAt),
        CorrectionProposed c => Sql(
            "insert into corrections values ($1, $2, $3, $4, $5, $6, null, null, null, $7, $8, null, $9, null)",
            c.Correction, e.Sequence, c.Partner.Value, c.Currency.Code, c.Amount, c.Reason, nameof(CorrectionStatus.Proposed), c.Maker, c.ProposedAt.UtcDateTime),
        CorrectionRejected c => Sql(
            "update corrections set status = $2, checker = $3, decided_at = $4 where correction = $1",
            c.Correction, nameof(CorrectionStatus.Rejected), c.Checker, c.RejectedAt.UtcDateTime),
        CorrectionPosted c => Sql(
            """
            insert into corrections values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, null, $13)
            on conflict (correction) do update set status = excluded.status, checker = excluded.checker, decided_at = excluded.decided_at
            """,
            c.Correction, e.Sequence, c.Partner.Value, c.Currency.Code, c.Amount, c.Reason, (object?)c.Cycle?.ToString() ?? DBNull.Value, (object?)c.Line ?? DBNull.Value,
            (object?)c.Dispute ?? DBNull.Value, nameof(CorrectionStatus.Posted), c.Maker, c.Checker, c.PostedAt.UtcDateTime),
        _ => null,
    };

    private static NpgsqlBatchCommand End(Guid dispute, DisputeStatus status, DateTimeOffset at) =>
        Sql("update disputes set status = $2, closed_at = $3 where dispute = $1", dispute, status.ToString(), at.UtcDateTime);

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
