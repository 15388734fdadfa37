using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>Settlement of some months.</summary>
/// <param name="AsOf">How much of the log these figures contain.</param>
internal sealed record Settlements(IReadOnlyList<MonthSettlement> Settlement, SettlementMark AsOf, string? Next);

/// <param name="LastSequence">The last event of this service's log that was looked at.</param>
/// <param name="EventsApplied">How many of the ledger's events have been settled up to there.</param>
internal sealed record SettlementMark(long LastSequence, long EventsApplied);

/// <summary>One month in one currency. Coalition and total are for operators; a partner sees its own line only.</summary>
/// <param name="Total">All nets, the coalition's included: always 0.</param>
internal sealed record MonthSettlement(
    string Month, string Currency, IReadOnlyList<PartnerSettlement> Partners, CoalitionSettlement? Coalition, Money? Total);

internal sealed record CoalitionSettlement(Money Net);

/// <param name="PointsIssued">Net of what was taken back this month; those out of prepaid blocks included.</param>
/// <param name="PointsRedeemed">Net of what was given back this month.</param>
/// <param name="PointsPrepaid">How many of those issued came out of prepaid blocks, which costs nothing any more.</param>
/// <param name="PointsFunded">Its own points that were redeemed this month where a part of their price fell due; net of what was undone.</param>
/// <param name="PointsLapsed">Its own points that lapsed this month.</param>
/// <param name="PointsBought">Points of the prepaid blocks it bought this month.</param>
internal sealed record PartnerSettlement(
    Guid Partner, string Code, string Name, long PointsIssued, long PointsRedeemed,
    long Purchases, long Returns, long Redemptions, long RedemptionsReversed, Money Owes, Money Owed, Money Net,
    long PointsPrepaid, long PointsFunded, long PointsLapsed, long PointsBought);

/// <summary>Reads the settlement view and lets the domain put money on its points.</summary>
internal sealed class SettlementStatement(DocumentStore store)
{
    // One statement, so that figures and mark are of one moment.
    private const string Rows =
        """
        with months as (
            select distinct month from settlement.lines
            where ($1::date is null or month = $1) and month > $2 and ($3::uuid is null or partner = $3)
            order by month limit $4
        )
        select a.sequence, a.events, l.month, l.currency, l.partner, p.code, p.name, l.direction, l.price, l.points, l.transactions, l.reversals
        from settlement.applied a
        left join (settlement.lines l join months m on m.month = l.month join settlement.partners p on p.partner = l.partner)
            on $3::uuid is null or l.partner = $3
        order by l.month, l.currency, p.code collate "C", l.price
        """;

    /// <summary>The settlement of a month, or of a page of months.</summary>
    /// <param name="partner">Whose lines to show; null shows all and what they net to.</param>
    public async Task<Settlements> Read(Month? month, PageRequest request, PartnerId? partner, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(Rows);
        command.Parameters.Add(new NpgsqlParameter<DateOnly?> { TypedValue = month?.First });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = request.After(DateOnly.MinValue) });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = partner?.Value });
        command.Parameters.Add(new() { Value = request.Size + 1 });
        var mark = new SettlementMark(0, 0);
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            mark = new(reader.GetInt64(0), reader.GetInt64(1));
            if (!await reader.IsDBNullAsync(2, ct))
                rows.Add(Row.Of(reader));
        }

        var months = Page.Of([.. rows.GroupBy(r => r.Month)], request, m => m.Key.First);
        return new(
            [.. months.Items.SelectMany(m => m.GroupBy(r => r.Currency).Select(c => Settle(m.Key, Currency.From(c.Key), [.. c], partner is null)))],
            mark, months.Next);
    }

    public async Task<SettlementMark> Status(CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand("select sequence, events from settlement.applied");
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? new(reader.GetInt64(0), reader.GetInt64(1)) : new(0, 0);
    }

    private static MonthSettlement Settle(Month month, Currency currency, IReadOnlyList<Row> rows, bool everybody)
    {
        var partners = rows.GroupBy(r => r.Partner).Select(p => Settle(currency, [.. p])).ToList();
        var netting = new Netting(currency, [.. partners.Select(p => new Position(new(p.Partner), p.Owes, p.Owed))]);
        return new(month.ToString(), currency.Code, partners, everybody ? new(netting.Coalition) : null, everybody ? netting.Total : null);
    }

    private static PartnerSettlement Settle(Currency currency, IReadOnlyList<Row> rows)
    {
        var position = new Position(new(rows[0].Partner), On(Side.Owes).Cost(currency), On(Side.Owed).Cost(currency));
        var (issued, accepted) = (Of(PostingKind.Issue, PostingKind.PrepaidIssue), Of(PostingKind.Acceptance));
        return new(
            rows[0].Partner, rows[0].Code, rows[0].Name, PointsOf(issued), PointsOf(accepted),
            issued.Sum(l => l.Transactions), issued.Sum(l => l.Reversals), accepted.Sum(l => l.Transactions), accepted.Sum(l => l.Reversals),
            position.Owes, position.Owed, position.Net,
            PointsOf(Of(PostingKind.PrepaidIssue)), PointsOf(Of(PostingKind.Funding)), PointsOf(Of(PostingKind.Breakage)), PointsOf(Of(PostingKind.Block)));

        IReadOnlyList<PriceLine> Of(params PostingKind[] kinds) => [.. rows.Where(r => kinds.Contains(r.Kind)).Select(r => r.Line)];
        IEnumerable<PriceLine> On(Side side) => rows.Where(r => r.Kind.Side() == side).Select(r => r.Line);
        static long PointsOf(IReadOnlyList<PriceLine> lines) => lines.Sum(l => l.Points).Value;
    }

    private sealed record Row(Month Month, string Currency, Guid Partner, string Code, string Name, PostingKind Kind, PriceLine Line)
    {
        public static Row Of(NpgsqlDataReader r) => new(
            Month.Of(r.GetFieldValue<DateOnly>(2)), r.GetString(3), r.GetGuid(4), r.GetString(5), r.GetString(6), SettlementView.KindOf(r.GetString(7)),
            new(r.GetDecimal(8), new(r.GetInt64(9)), r.GetInt64(10), r.GetInt64(11)));
    }
}
