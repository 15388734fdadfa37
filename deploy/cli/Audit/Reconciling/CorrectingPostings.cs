using System.Text.Json;
using Npgsql;

namespace Loyalty.Cli.Audit.Reconciling;

/// <summary>
/// Operators post nothing by themselves: what the ledger says that one of them has caused is the line of a correction that another one had
/// proposed. People decide on these one by one, so all of them are few.
/// </summary>
internal sealed class CorrectingPostings
{
    private const string Approved =
        """
        select e.data::text, b.key, b.submitted_by, b.partner, b.lines, l.transaction_id, l.outcome
        from mt_events e left join batches b on b.id = (e.data ->> 'Correction')::uuid left join batch_lines l on l.batch = b.id and l.line = 1
        where e.type = 'reconciliation-decision-approved' and e.data ->> 'Correction' is not null order by e.seq_id
        """;

    private const string Unapproved =
        """
        select b.id, b.key, b.submitted_by from batches b
        where (b.key like 'reconciliation/%' or b.submitted_by like 'operator:%')
            and not exists (select from mt_events e where e.type = 'reconciliation-decision-approved' and e.data ->> 'Correction' = b.id::text)
        """;

    private const string Operators =
        """
        select e.seq_id, e.type, (e.data #>> '{Transaction,Partner}')::uuid, e.data #>> '{Transaction,Id}', o.caused_by from mt_events e join event_origins o on o.seq_id = e.seq_id
        where o.caused_by like 'operator:%' and e.type in ('points-accrued', 'purchase-reversed', 'points-redeemed', 'redemption-reversed')
        """;

    // A decision that was made after the partners' database was looked at.
    private const string ApprovedSince =
        """
        select exists (select from mt_events e join batch_lines l on l.batch = (e.data ->> 'Correction')::uuid join batches b on b.id = l.batch
            where e.type = 'reconciliation-decision-approved' and b.partner = $1 and l.transaction_id = $2 and b.submitted_by = $3)
        """;

    private readonly Check check = new(27, "whatever operators have posted corrects what one had proposed and another approved");
    private readonly HashSet<(Guid Partner, string Transaction, string By)> corrections = [];

    /// <param name="place">The partners' database, for what it has learned since it was looked at.</param>
    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase ledger, AuditedDatabase partners, string place, CancellationToken ct)
    {
        var postings = new CorrectingPostings();
        await foreach (var row in partners.Rows(Approved, ct))
        {
            using var decision = JsonDocument.Parse(row.GetString(0));
            postings.Approve(decision.RootElement, row);
        }

        await foreach (var row in partners.Rows(Unapproved, ct))
            postings.check.Breaks($"Batch {row.GetGuid(0)} ({row[1]}) was sent by {row.GetString(2)}, and two people have not decided on it.");
        await postings.Posted(ledger, place, ct);
        return [postings.check];
    }

    private void Approve(JsonElement decision, NpgsqlDataReader row)
    {
        check.Saw("corrections");
        var (item, checker) = ($"reconciliation/{decision.Id("Reconciliation")}/{decision.Number("Item")}", $"operator:{decision.Text("Checker")}");
        check.Holds(
            decision.Text("Maker") != decision.Text("Checker") && decision.Text("Decision") == "correct", () => $"The correction of {item} was proposed and approved by {checker}, or is none.");
        if (row.IsDBNull(5))
        {
            check.Breaks($"The correction of {item} was approved, and is in no batch.");
            return;
        }

        check.Holds(
            row.GetString(1) == item && row.GetString(2) == checker && row.GetInt32(4) == 1,
            () => $"The correction of {item}, approved by {checker}, is {row.GetString(1)}, sent by {row.GetString(2)}, with {row.GetInt32(4)} lines.");
        corrections.Add((row.GetGuid(3), row.GetString(5), checker));
        if (!row.IsDBNull(6)) check.Saw(row.GetString(6));
    }

    private async Task Posted(AuditedDatabase ledger, string place, CancellationToken ct)
    {
        await foreach (var row in ledger.Rows(Operators, ct))
        {
            check.Saw("postings");
            var (sequence, type, partner, id, by) = (row.GetInt64(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4));
            var approved = corrections.Contains((partner, id, by)) || await AuditedDatabase.Now<bool>(place, ApprovedSince, ct, partner, id, by);
            check.Holds(approved, () => $"Event {sequence} of the ledger ({type}, transaction {id} of partner {partner}) was caused by {by}, and no two people have decided on it.");
        }
    }
}
