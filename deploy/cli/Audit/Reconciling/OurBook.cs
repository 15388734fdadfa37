using System.Runtime.CompilerServices;

namespace Loyalty.Cli.Audit.Reconciling;

/// <summary>A transaction as it is compared with partners' books.</summary>
internal sealed record BookedTransaction(Guid Event, Guid Partner, string Id, string Kind, long? Amount, string? Currency, long Points, DateTime OccurredAt);

/// <summary>Our book, which partners' books are compared with, against the facts of the ledger: both are read side by side.</summary>
internal static class OurBook
{
    // A claim of a reward that another partner delivers is known to that one by its voucher.
    private const string Facts =
        """
        select e.id, (coalesce(e.data #>> '{Claim,Partner}', e.data #>> '{Transaction,Partner}'))::uuid,
            case when e.data #>> '{Claim,Partner}' <> e.data #>> '{Transaction,Partner}' then 'voucher:' || replace(e.data #>> '{Claim,Voucher}', '-', '') else e.data #>> '{Transaction,Id}' end,
            case e.type when 'points-accrued' then 'purchase' when 'purchase-reversed' then 'return' when 'points-redeemed' then 'redemption' else 'redemption-reversal' end,
            (e.data #>> '{Amount,Minor}')::bigint, e.data #>> '{Amount,Currency}',
            (e.data ->> 'Points')::bigint + coalesce((
                select sum((a ->> 'Points')::bigint) from jsonb_array_elements(case jsonb_typeof(e.data -> 'Awards') when 'array' then e.data -> 'Awards' end) a), 0)::bigint,
            (e.data #>> '{Transaction,OccurredAt}')::timestamptz
        from mt_events e where e.type in ('points-accrued', 'purchase-reversed', 'points-redeemed', 'redemption-reversed') order by e.id
        """;

    private const string Book = "select event_id, partner, transaction_id, kind, amount, currency, points, occurred_at from partner_transactions order by event_id";

    public static async Task Compare(AuditedDatabase ledger, AuditedDatabase partners, Check check, CancellationToken ct)
    {
        await using var told = Read(ledger, Facts, ct).GetAsyncEnumerator(ct);
        var isTold = await told.MoveNextAsync();
        await foreach (var booked in Read(partners, Book, ct))
        {
            check.Saw("transactions in our book");
            while (isTold && told.Current.Event.CompareTo(booked.Event) < 0) isTold = await told.MoveNextAsync();
            var fact = isTold && told.Current.Event == booked.Event ? told.Current : null;
            check.Holds(fact is not null && Same(fact, booked), () => $"Our book has {booked}; the ledger says {fact?.ToString() ?? "nothing of it"}.");
        }
    }

    // Times were cut to microseconds on different ways.
    private static bool Same(BookedTransaction a, BookedTransaction b) => a == b with { OccurredAt = a.OccurredAt } && (a.OccurredAt - b.OccurredAt).Duration() < TimeSpan.FromMilliseconds(1);

    private static async IAsyncEnumerable<BookedTransaction> Read(AuditedDatabase database, string sql, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var beside = await database.Beside(ct);
        await foreach (var row in beside.Rows(sql, ct))
        {
            yield return new(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.IsDBNull(5) ? null : row.GetString(5),
                row.GetInt64(6), row.GetDateTime(7));
        }
    }
}
