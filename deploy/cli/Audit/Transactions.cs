namespace Loyalty.Cli.Audit;

/// <summary>The permanent record of what partners have sent, against the facts.</summary>
internal static class Transactions
{
    public static async Task<IReadOnlyList<Check>> Record(AuditedDatabase ledger, CancellationToken ct)
    {
        var check = new Check(5, "a transaction's id means one thing: record and facts point to each other");
        check.Saw("transactions", await ledger.Value<long>("select count(*) from transactions", ct));
        await foreach (var row in ledger.Rows("select partner_id, transaction_id from transactions group by partner_id, transaction_id having count(*) > 1", ct))
            check.Breaks($"Transaction {row.GetString(1)} of partner {row.GetGuid(0)} is recorded more than once.");

        const string astray =
            """
            select t.partner_id, t.transaction_id, t.account_id, t.version from transactions t
            left join mt_events e on e.stream_id = t.account_id and e.version = t.version
            where t.version is not null and (e.data #>> '{Transaction,Id}' is distinct from t.transaction_id
                or e.data #>> '{Transaction,Partner}' is distinct from t.partner_id::text)
            """;
        await foreach (var row in ledger.Rows(astray, ct))
            check.Breaks($"Transaction {row.GetString(1)} of partner {row.GetGuid(0)} is said to be version {row[3]} of account {row[2]}, which is no fact of it.");

        const string unrecorded =
            """
            select e.seq_id, e.type, e.data #>> '{Transaction,Id}' from mt_events e
            left join transactions t on t.partner_id = (e.data #>> '{Transaction,Partner}')::uuid and t.transaction_id = e.data #>> '{Transaction,Id}'
            where e.type = any ($1) and (t.transaction_id is null
                or (t.version is not null and (t.account_id <> e.stream_id or t.version > e.version
                    or (t.version < e.version and not (e.type = 'reservation-released' and t.kind = 'capture')))))
            """;
        await foreach (var row in ledger.Rows(unrecorded, ct, (object)FactForms.OfTransactions()))
            check.Breaks($"Event {row.GetInt64(0)} ({row.GetString(1)}) is of transaction {row[2]}, whose record does not point to it.");
        return [check];
    }

    /// <summary>What was received is effective, or kept until its original comes, or voided, or refused; a repeat leaves no trace.</summary>
    public static async Task<IReadOnlyList<Check>> Received(AuditedDatabase ledger, CancellationToken ct)
    {
        var check = new Check(15, "whatever was received is effective, kept, voided or refused");
        const string states =
            """
            select case
                when refused and version is null then 'refused'
                when refused then 'refused and effective'
                when kind = 'voided' and version is null and account_id is null then 'voided'
                when kind = 'reversal' and version is null then 'kept'
                when version is not null and account_id is not null and kind <> 'voided' then 'effective'
                else 'lost' end as state, count(*), min(transaction_id)
            from transactions group by state order by count(*) desc, state
            """;
        await foreach (var row in ledger.Rows(states, ct))
        {
            var state = row.GetString(0);
            check.Saw(state, row.GetInt64(1));
            if (state is "refused and effective" or "lost") check.Breaks($"{row.GetInt64(1)} transactions are {state}, {row.GetString(2)} for one.");
        }

        return [check];
    }
}

/// <summary>Ids that must not have had an effect.</summary>
internal static class VoidedTransactions
{
    public static async Task Look(AuditedDatabase ledger, Check check, CancellationToken ct)
    {
        check.Saw("voided or refused", await ledger.Value<long>("select count(*) from transactions where refused or kind = 'voided'", ct));
        const string effective =
            """
            select e.seq_id, e.type, t.transaction_id, t.partner_id from mt_events e
            join transactions t on t.partner_id = (e.data #>> '{Transaction,Partner}')::uuid and t.transaction_id = e.data #>> '{Transaction,Id}'
            where e.type = any ($1) and (t.refused or t.kind = 'voided')
            """;
        await foreach (var row in ledger.Rows(effective, ct, (object)FactForms.OfTransactions()))
            check.Breaks($"Event {row.GetInt64(0)} ({row.GetString(1)}) is of transaction {row.GetString(2)} of partner {row.GetGuid(3)}, which was voided or refused.");

        const string unheeded =
            """
            select r.transaction_id, r.original, r.partner_id from transactions r
            left join transactions t on t.partner_id = r.partner_id and t.transaction_id = r.original
            where r.kind = 'reversal' and r.version is null and not r.refused and (t.transaction_id is null or not (t.refused or t.kind = 'voided'))
            """;
        await foreach (var row in ledger.Rows(unheeded, ct))
            check.Breaks($"The reversal {row.GetString(0)} of partner {row.GetGuid(2)} was kept, and {row[1]} has taken effect all the same.");
    }
}
