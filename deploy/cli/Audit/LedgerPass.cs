using System.Text.Json;
using Loyalty.Cli.Audit.Liability;
using Npgsql;

namespace Loyalty.Cli.Audit;

/// <summary>
/// Reads the ledger's log once, account by account in the order of their facts, and replays each. Never more than one account is in memory.
/// </summary>
internal static class LedgerPass
{
    private const string Log =
        """
        select e.seq_id, e.stream_id, e.version, e.type, e.data::text, n.data::text, e.id
        from mt_events e left join member_account_snapshots n on n.id = e.stream_id and n.mt_version = e.version
        where e.type <> 'tombstone' order by e.stream_id, e.version
        """;

    /// <param name="held">Counts what members hold while it goes along; null where nobody asks.</param>
    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase ledger, HeldPoints? held, CancellationToken ct)
    {
        var checks = new LedgerChecks { Held = held };
        var trialBalance = await TrialBalance.UpToTheView(ledger, ct);
        AccountReplay? account = null;
        await foreach (var row in ledger.Rows(Log, ct))
        {
            checks.Understood.Saw("events");
            if (FactForms.IsOfNoAccount(row.GetString(3))) continue;
            if (account?.Id != row.GetGuid(1))
            {
                account?.End();
                account = new(row.GetGuid(1), checks);
            }

            Take(account, row, checks, trialBalance);
        }

        account?.End();
        checks.Transfers.End(checks.Balanced);
        await checks.Moved.End(ledger, checks.Returns, checks.Once, ct);
        await trialBalance.Compare(ledger, checks.Balanced, ct);
        await Strays(ledger, checks.Snapshots, ct);
        await VoidedTransactions.Look(ledger, checks.Once, ct);
        return [checks.Balanced, checks.Lots, checks.Snapshots, checks.Once, checks.Returns, checks.Covered, checks.InOrder, checks.Barred, checks.Understood];
    }

    private static void Take(AccountReplay account, NpgsqlDataReader row, LedgerChecks checks, TrialBalance trialBalance)
    {
        var (sequence, version, type) = (row.GetInt64(0), row.GetInt64(2), row.GetString(3));
        if (FactForms.Of(type) is not { } form)
        {
            checks.Understood.Breaks($"Event {sequence}: not understood: {type}. A line in deploy/cli/Audit/FactForms.cs teaches it.");
            return;
        }

        try
        {
            using var fact = ShortForms.Parse(row.GetString(4));
            var entries = form.Posts(fact.RootElement).ToList();
            checks.Balanced.Saw("entries", entries.Count);
            checks.Balanced.Holds(entries.Sum(e => e.Points) == 0, () => $"Event {sequence} ({type}): its entries come to {entries.Sum(e => e.Points)} points.");
            trialBalance.Add(sequence, FactForms.Times(fact.RootElement), entries);
            account.Take(version, form, fact.RootElement, entries);
            checks.Held?.Take(row.GetGuid(6), type, fact.RootElement, account.Touched);
            if (row.IsDBNull(5)) return;
            using var state = JsonDocument.Parse(row.GetString(5));
            StoredState.Compare(account, state.RootElement, version, checks.Snapshots);
        }
        catch (Exception e) when (Json.IsUnreadable(e))
        {
            checks.Understood.Breaks($"Event {sequence} ({type}) can't be read: {e.Message}");
        }
    }

    private static async Task Strays(AuditedDatabase ledger, Check check, CancellationToken ct)
    {
        const string stray =
            """
            select n.id, n.mt_version from member_account_snapshots n
            left join mt_events e on e.stream_id = n.id and e.version = n.mt_version where e.seq_id is null
            """;
        await foreach (var row in ledger.Rows(stray, ct)) check.Breaks($"The state of account {row.GetGuid(0)} is of version {row.GetInt64(1)}, which there is not.");
    }
}
