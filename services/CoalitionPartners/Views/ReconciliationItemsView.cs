using System.Runtime.CompilerServices;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A difference between two books, and what is done about it.</summary>
/// <param name="Kind"><c>missing-here</c>, <c>missing-there</c>, <c>amount-differs</c>, <c>points-differ</c> or <c>duplicate</c>.</param>
/// <param name="Ambiguous">Whether it could have been matched in more than one way, and therefore was not.</param>
/// <param name="Line">The line of the partner's book.</param>
/// <param name="There">What the partner's book says.</param>
/// <param name="Here">What ours says.</param>
/// <param name="Difference">There less here; null where no money moved at the till.</param>
/// <param name="PointsDifference">There less here.</param>
/// <param name="Tolerated">Whether the matching rule has accepted it by itself.</param>
/// <param name="State"><c>open</c>, <c>assigned</c>, <c>proposed</c> or <c>decided</c>.</param>
/// <param name="Decision">Decided on, or proposed: <c>accept</c>, <c>correct</c>, <c>reject</c> or <c>dispute</c>.</param>
/// <param name="CorrectionBatchId">The batch in which the correction is sent to the ledger.</param>
internal sealed record ItemShown(
    int Item, string Kind, bool Ambiguous, string TransactionKind, int? Line, string? CardEnd, EntryShown? There, EntryShown? Here, Money? Difference, long PointsDifference,
    bool Tolerated, string State, string? Owner, string? Decision, string? Reason, string? ProposedBy, string? DecidedBy, DateTimeOffset? DecidedAt, Guid? CorrectionBatchId,
    DateTimeOffset FoundAt);

internal sealed record EntryShown(string TransactionId, Money? Amount, long? Points, DateTimeOffset OccurredAt);

/// <summary>An item with what a correction needs.</summary>
/// <param name="Content">What the ledger would be told of the partner's line.</param>
/// <param name="Returned">The purchase that a return of ours refers to.</param>
internal sealed record ItemToDecide(PartnerId Partner, Finding Finding, bool Tolerated, string? Content, string? Returned, DateTimeOffset? HereAt);

/// <summary>Open items of a partner and an age, in one currency.</summary>
/// <param name="Days"><c>0-7</c>, <c>8-30</c>, <c>31-90</c> or <c>91-</c>, since the item was found.</param>
/// <param name="Amount">What they differ by, whatever the sign; null where no money moved at the till.</param>
/// <param name="Net">There less here.</param>
/// <param name="Points">What they differ by in points, whatever the sign.</param>
internal sealed record AgeShown(Guid PartnerId, string Days, string? Currency, long Items, decimal? Amount, decimal? Net, decimal Points);

internal sealed class ReconciliationItemsView(DocumentStore store)
{
    private const string Columns =
        """
        item, kind, ambiguous, transaction_kind, line, card_end, currency, there_id, there_amount, there_points, there_at, here_id, here_amount, here_points, here_at,
        amount_difference, points_difference, tolerated, state, owner, decision, reason, proposed_by, decided_by, decided_at, correction, found_at
        """;

    /// <summary>Items in order, after one; of a kind or a state where one is given. Read as they are asked for.</summary>
    public async IAsyncEnumerable<ItemShown> Items(
        Guid reconciliation, string? kind, string? state, int after, int? limit, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"""
            select {Columns} from reconciliation_items
            where reconciliation = $1 and item > $2 and ($3::text is null or kind = $3) and ($4::text is null or state = $4) order by item limit $5
            """);
        query.Parameters.Add(new() { Value = reconciliation });
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = kind });
        query.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = state });
        query.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = limit });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) yield return Shown(row);
    }

    /// <summary>One item; null where there is none.</summary>
    public async Task<ItemShown?> Find(Guid reconciliation, int item, CancellationToken ct) =>
        await Items(reconciliation, null, null, item - 1, 1, ct).FirstOrDefaultAsync(ct) is { } found && found.Item == item ? found : null;

    /// <summary>What a decision on an item rests on; null where there is no such item.</summary>
    public async Task<ItemToDecide?> ToDecide(Guid reconciliation, int item, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select i.partner, i.kind, i.transaction_kind, i.there_id, i.here_id, i.currency, i.amount_difference, i.points_difference, i.tolerated, l.content, t.refers_to, i.here_at
            from reconciliation_items i
                left join reconciliation_lines l on l.reconciliation = i.reconciliation and l.line = i.line
                left join partner_transactions t on t.event_id = i.event_id
            where i.reconciliation = $1 and i.item = $2
            """);
        query.Parameters.Add(new() { Value = reconciliation });
        query.Parameters.Add(new() { Value = item });
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new(
                new(row.GetGuid(0)), new(ReconciliationItemRows.KindOf(row.GetString(1)), row.GetString(2), row.Text(3), row.Text(4), row.Text(5), row.GetInt64(6), row.GetInt64(7)),
                row.GetBoolean(8), row.Text(9), row.Text(10), row.Time(11))
            : null;
    }

    /// <summary>Items that nobody has decided on yet, by partner and age; of one partner where one is given.</summary>
    public async Task<IReadOnlyList<AgeShown>> Ages(PartnerId? partner, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select partner, case when days <= 7 then '0-7' when days <= 30 then '8-30' when days <= 90 then '31-90' else '91-' end, currency,
                count(*), sum(abs(amount_difference)), sum(amount_difference), sum(abs(points_difference))
            from (select *, floor(extract(epoch from now() - found_at) / 86400) as days from reconciliation_items
                where state <> 'decided' and ($1::uuid is null or partner = $1)) i
            group by partner, 2, currency order by partner, min(days), currency
            """);
        query.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = partner?.Value });
        var ages = new List<AgeShown>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var currency = row.Text(2);
            ages.Add(new(
                row.GetGuid(0), row.GetString(1), currency, row.GetInt64(3), SumShown.Of(new(0, row.GetDecimal(4), 0), currency).Amount,
                SumShown.Of(new(0, row.GetDecimal(5), 0), currency).Amount, row.GetDecimal(6)));
        }

        return ages;
    }

    private static ItemShown Shown(NpgsqlDataReader row)
    {
        var currency = row.Text(6);
        return new(
            row.GetInt32(0), row.GetString(1), row.GetBoolean(2), row.GetString(3), row.Int(4), row.Text(5), Entry(row, 7, currency), Entry(row, 11, currency),
            Amount(row.GetInt64(15), currency), row.GetInt64(16), row.GetBoolean(17), row.GetString(18), row.Text(19), row.Text(20), row.Text(21), row.Text(22), row.Text(23),
            row.Time(24), row.Id(25), row.GetFieldValue<DateTimeOffset>(26));
    }

    private static EntryShown? Entry(NpgsqlDataReader row, int at, string? currency) => row.Text(at) is { } id
        ? new(id, row.Number(at + 1) is { } minor ? Amount(minor, currency) : null, row.Number(at + 2), row.GetFieldValue<DateTimeOffset>(at + 3))
        : null;

    private static Money? Amount(long minor, string? currency) => currency is null ? null : new(minor, Currency.From(currency));
}
