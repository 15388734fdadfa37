namespace Loyalty.Checkpoints;

/// <summary>
/// An event as it is hashed: lines of a name and a value, and last the fact as PostgreSQL writes its jsonb. Nothing of the text can hold
/// a line break, so different events have different texts. What is absent has no space behind its colon. docs/verifying.md says it for others.
/// </summary>
internal static class LeafText
{
    /// <summary>The text of the event <c>e</c> with the origin <c>o</c>, as SQL. It may never change: another form is another first line.</summary>
    public const string Sql =
        """
        'loyalty-event/1' || E'\nsequence: ' || e.seq_id || E'\nid: ' || e.id || E'\nstream:' || coalesce(' ' || e.stream_id, '')
        || E'\nversion: ' || e.version || E'\ntype: ' || e.type
        || E'\nrecorded: ' || to_char(e.timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || E'\ncaused-by:' || coalesce(' ' || o.caused_by, '') || E'\ntrace:' || coalesce(' ' || o.traceparent, '')
        || E'\ndata: ' || e.data::text
        """;
}
