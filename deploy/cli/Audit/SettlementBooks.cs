namespace Loyalty.Cli.Audit;

/// <summary>The settlement as the audit computes it: points at their agreed prices, by partner, month, currency and direction.</summary>
internal sealed class SettlementBooks
{
    private readonly Check check;
    private readonly long applied;
    private readonly Dictionary<(Guid Partner, int Version), AgreedPrices> agreements = [];
    private readonly Dictionary<Guid, SettledLine> blocks = [];
    private readonly Dictionary<(Guid Partner, DateOnly Month, string Currency, string Direction, decimal Price), (long Points, long Transactions, long Reversals)> lines = [];

    private SettlementBooks(Check check, long applied) => (this.check, this.applied) = (check, applied);

    public static async Task<SettlementBooks> Open(AuditedDatabase partners, Check check, CancellationToken ct)
    {
        var books = new SettlementBooks(
            check, await partners.Has("settlement.applied", ct) ? await partners.Value<long>("select coalesce(max(sequence), 0) from settlement.applied", ct) : 0);
        const string agreed =
            """
            select (data ->> 'Partner')::uuid, (data ->> 'Version')::int, data::text from mt_events where type = 'agreement-made'
            """;
        await foreach (var row in partners.Rows(agreed, ct))
            books.agreements[(row.GetGuid(0), row.GetInt32(1))] = AgreedPrices.Of(row.GetString(2));
        const string bought =
            """
            select (data ->> 'Block')::uuid, seq_id, (data ->> 'Partner')::uuid, (data ->> 'AgreementVersion')::int, (data ->> 'Points')::bigint,
                date_trunc('month', (data ->> 'BoughtAt')::timestamptz at time zone 'UTC')::date, data ->> 'Currency', (data ->> 'Price')::numeric
            from mt_events where type = 'block-bought'
            """;
        await foreach (var row in partners.Rows(bought, ct))
        {
            books.blocks[row.GetGuid(0)] = new(
                row.GetGuid(0), row.GetInt64(1), new("block", row.GetGuid(2), row.GetInt32(3), row.GetInt64(4), row.GetFieldValue<DateOnly>(5)), row.GetString(6), row.GetDecimal(7));
        }

        return books;
    }

    /// <summary>A block that was settled: it must have been bought, just so and once.</summary>
    public void MatchBlock(IReadOnlyList<SettledLine> settled)
    {
        check.Saw("blocks settled");
        blocks.Remove(settled[0].LedgerEvent, out var bought);
        check.Holds(
            settled is [var one] && bought is not null && (one.Part, one.Currency, one.Price) == (bought.Part, bought.Currency, bought.Price),
            () => $"The block {settled[0].LedgerEvent} was settled as {Told(settled.Select(s => s.Part))}, and bought as {Told(bought is null ? [] : [bought.Part])}.");
        if (bought is not null && settled[0].Sequence <= applied) Add(bought.Part, bought.Currency, bought.Price);
    }

    /// <summary>An event of the ledger and what CoalitionPartners made of it.</summary>
    public void Match(ToldEvent told, IReadOnlyList<SettledLine> settled)
    {
        check.Saw("events settled");
        var due = Due(told).OrderBy(d => d.Part.Partner).ThenBy(d => d.Part.Agreement).ThenBy(d => d.Part.Kind, StringComparer.Ordinal).ToList();
        var (parts, done) = (
            due.Select(d => d.Part).ToList(),
            settled.Select(s => s.Part).OrderBy(p => p.Partner).ThenBy(p => p.Agreement).ThenBy(p => p.Kind, StringComparer.Ordinal).ToList());
        check.Holds(
            parts.SequenceEqual(done),
            () => $"Event {told.Sequence} of the ledger ({told.Type}) moves {Told(parts)}, and {Told(done)} was settled.");
        // The settlement has perhaps not come so far.
        if (settled.Any(s => s.Sequence > applied)) return;
        foreach (var (part, currency, price) in due) Add(part, currency, price);
    }

    /// <summary>The lines that the settlement shows, against these.</summary>
    public async Task Compare(AuditedDatabase partners, CancellationToken ct)
    {
        foreach (var block in blocks.Keys) check.Breaks($"The block {block} was bought and never settled.");
        Net();
        if (applied == 0) return;
        await foreach (var row in partners.Rows("select partner, month, currency, direction, price, points, transactions, reversals from settlement.lines", ct))
        {
            var key = (row.GetGuid(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetString(3), row.GetDecimal(4));
            check.Saw("lines");
            lines.Remove(key, out var own);
            var shown = (row.GetInt64(5), row.GetInt64(6), row.GetInt64(7));
            check.Holds(own == shown, () => $"The settlement of {key} shows {shown} points, transactions and reversals; the ledger's events come to {own}.");
        }

        foreach (var (key, own) in lines) check.Breaks($"The settlement lacks {key}: {own} points, transactions and reversals.");
    }

    private IEnumerable<(SettledPart Part, string Currency, decimal Price)> Due(ToldEvent told)
    {
        foreach (var one in told.Parts)
        {
            if (!agreements.TryGetValue((one.Part.Partner, one.Part.Agreement), out var terms))
                check.Breaks($"Event {told.Sequence} of the ledger is rated by agreement {one.Part.Agreement} of partner {one.Part.Partner}, which there is not.");
            else if (terms.Of(one) is var (part, price)) yield return (part, terms.Currency, price);
        }
    }

    private void Add(SettledPart part, string currency, decimal price)
    {
        var key = (part.Partner, part.Month, currency, part.Direction, price);
        var (points, transactions, reversals) = lines.GetValueOrDefault(key);
        lines[key] = part.IsReversal ? (points - part.Points, transactions, reversals + 1) : (points + part.Points, transactions + 1, reversals);
    }

    /// <summary>What every partner is owed less what it owes, and what the coalition then must hold: together nothing.</summary>
    private void Net()
    {
        var held = new List<string>();
        foreach (var currency in lines.GroupBy(l => l.Key.Currency))
        {
            var owes = currency.Where(l => SettledPart.SideOf(l.Key.Direction) < 0).Sum(l => Cost(l.Value.Points * l.Key.Price, currency.Key));
            var owed = currency.Where(l => SettledPart.SideOf(l.Key.Direction) > 0).Sum(l => Cost(l.Value.Points * l.Key.Price, currency.Key));
            var nets = currency.GroupBy(l => l.Key.Partner).Sum(p => p.Sum(l => SettledPart.SideOf(l.Key.Direction) * Cost(l.Value.Points * l.Key.Price, currency.Key)));
            check.Holds(nets + owes - owed == 0, () => $"In {currency.Key} the partners' nets come to {nets}, and the coalition holds {owes - owed}.");
            held.Add($"{Show.Money(owes - owed)} {currency.Key}");
        }

        check.Remark = held.Count == 0 ? "nothing has been settled" : $"the coalition holds {string.Join(" and ", held.Order(StringComparer.Ordinal))}";
    }

    // Once per price, over the sum of its points.
    private static decimal Cost(decimal amount, string currency) => Currencies.Rounded(amount, currency);

    private static string Told(IEnumerable<SettledPart> parts) =>
        string.Join(" and ", parts.Select(p => $"{p.Points} points of {p.Kind} to {p.Partner} by agreement {p.Agreement} in {p.Month:yyyy-MM}")) is { Length: > 0 } told ? told : "nothing";
}
