using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Clearing;

/// <summary>What a cycle comes to: as it was closed for ever, or as it stands.</summary>
/// <param name="Through">Up to which place of the log.</param>
internal sealed record CycleFigures(CycleRow Row, bool Preliminary, long Through, IReadOnlyList<CurrencyClearing> Currencies);

/// <summary>Draws up what a cycle comes to.</summary>
internal sealed class ClearingBooks(DocumentStore store, ClearingReader reader, StatementEntries entries, AgreedTerms terms)
{
    // Agreements that were made after a cycle's cut don't alter it, even if they reach back.
    private const string Inputs =
        """
        with held as (
            select distinct on (partner) partner, version, currency from clearing.agreements
            where effective_from < $2 and sequence <= $3 order by partner, effective_from desc, version desc
        ), forward as (
            select distinct on (partner, currency) partner, currency, carried_forward from clearing.balances where ends < $2 order by partner, currency, ends desc
        ), accounts as (
            select partner, currency from held union select partner, currency from forward
            union select partner, currency from clearing.lines where cycle = $1
            union select partner, currency from clearing.payments where cycle = $1 union select partner, currency from clearing.adjustments where cycle = $1
        )
        select a.partner, a.currency, coalesce(f.carried_forward, 0), h.version, l.origin, l.kind, l.agreement, l.price, l.points, l.transactions, l.reversals
        from accounts a
        left join held h on h.partner = a.partner and h.currency = a.currency
        left join forward f on f.partner = a.partner and f.currency = a.currency
        left join clearing.lines l on l.cycle = $1 and l.partner = a.partner and l.currency = a.currency
        order by a.partner, a.currency, l.line
        """;

    /// <summary>The closed figures where it is closed, preliminary ones otherwise.</summary>
    public async Task<CycleFigures> Of(CycleRow row, CancellationToken ct)
    {
        if (row.ClosedAt is not null && (await store.Load<ClearingCycle>(ClearingCycle.StreamOf(row.Cycle.Id), ct))?.State.Closed is { } closed)
            return new(row, Preliminary: false, closed.ThroughSequence, closed.Currencies);
        var mark = await reader.Mark(ct);
        return new(row, Preliminary: true, row.CutSequence ?? mark, CycleClosed.Clear(await Read(row, row.CutSequence ?? mark, ct)));
    }

    /// <summary>What a cycle that has been cut came to. The view has passed the cut, so none of it moves any more.</summary>
    public async Task<CycleClosed> Closed(CycleRow row, CancellationToken ct)
    {
        var through = row.CutSequence ?? throw new InvalidOperationException($"Cycle {row.Cycle.Id} is not cut.");
        return CycleClosed.Of(row.Cycle, through, await Read(row, through, ct));
    }

    private async Task<IReadOnlyList<StatementInput>> Read(CycleRow row, long through, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(Inputs);
        command.Parameters.Add(new() { Value = row.Cycle.Id.ToString() });
        command.Parameters.Add(new() { Value = row.Cycle.Until.UtcDateTime });
        command.Parameters.Add(new() { Value = through });
        var lines = new List<(Account Account, (LineKey, PriceLine)? Line)>();
        await using (var line = await command.ExecuteReaderAsync(ct))
        {
            while (await line.ReadAsync(ct))
                lines.Add((Account.Of(line), Line(line)));
        }

        var payments = (await entries.Payments(row.Cycle.Id, ct)).ToLookup(p => (p.Partner, p.Currency), p => p.Payment);
        var adjustments = (await entries.Adjustments(row.Cycle.Id, ct)).ToLookup(a => (a.Partner, a.Currency), a => a.Adjustment);
        var inputs = new List<StatementInput>();
        foreach (var account in lines.GroupBy(l => l.Account))
        {
            var (partner, currency, forward, version) = account.Key;
            var charged = version is { } held ? (await terms.Find(partner, held, ct)).Commercial : null;
            inputs.Add(new(partner, currency, forward, [.. account.Where(l => l.Line is not null).Select(l => l.Line!.Value)], charged)
            {
                Payments = [.. payments[(partner, currency)]],
                Adjustments = [.. adjustments[(partner, currency)]],
            });
        }

        return inputs;
    }

    private static (LineKey, PriceLine)? Line(NpgsqlDataReader row)
    {
        if (row.IsDBNull(4))
            return null;
        var origin = CycleId.TryParse(row.GetString(4), out var id) ? id : throw new InvalidOperationException($"'{row.GetString(4)}' is no cycle.");
        var price = row.GetDecimal(7);
        return (new(origin, LineKey.KindOf(row.GetString(5)), row.GetInt32(6), price), new(price, new(row.GetInt64(8)), row.GetInt64(9), row.GetInt64(10)));
    }

    private sealed record Account(PartnerId Partner, Currency Currency, long BroughtForward, int? Agreement)
    {
        public static Account Of(NpgsqlDataReader row) =>
            new(new(row.GetGuid(0)), Currency.From(row.GetString(1)), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt32(3));
    }
}
