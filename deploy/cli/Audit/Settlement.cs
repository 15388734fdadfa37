using System.Runtime.CompilerServices;

namespace Loyalty.Cli.Audit;

/// <summary>
/// Money between partners, computed again: each event of the ledger that moves money, priced by the agreement it is pinned to, must have
/// been settled exactly so, and all of them together are what the settlement shows.
/// </summary>
internal static class Settlement
{
    private const string Settled =
        """
        select s.ledger_event, s.seq_id, s.kind, s.partner, s.month, s.currency, s.agreement, s.price, s.points from (
            select (p ->> 'LedgerEventId')::uuid as ledger_event, e.seq_id, e.data ->> 'Kind' as kind, (e.data ->> 'Partner')::uuid as partner,
                to_date(e.data ->> 'Month', 'YYYY-MM') as month, e.data ->> 'Currency' as currency,
                (pr ->> 'AgreementVersion')::int as agreement, (pr ->> 'Price')::numeric as price, (p ->> 'Points')::bigint as points
            from mt_events e cross join lateral jsonb_array_elements(e.data -> 'Prices') pr cross join lateral jsonb_array_elements(pr -> 'Postings') p
            where e.type = 'postings-settled'
            union all
            select (e.data #>> '{Posting,LedgerEventId}')::uuid, e.seq_id,
                case e.type when 'points-issued' then 'issue' when 'issue-reversed' then 'issue-reversal' when 'points-accepted' then 'acceptance' else 'acceptance-reversal' end,
                (e.data #>> '{Posting,Partner}')::uuid, date_trunc('month', (e.data #>> '{Posting,OccurredAt}')::timestamptz at time zone 'UTC')::date, e.data ->> 'Currency',
                (e.data #>> '{Posting,AgreementVersion}')::int, (e.data ->> 'Price')::numeric, (e.data #>> '{Posting,Points}')::bigint
            from mt_events e where e.type in ('points-issued', 'issue-reversed', 'points-accepted', 'acceptance-reversed')) s
        order by s.ledger_event, s.partner, s.agreement
        """;

    public static async Task<IReadOnlyList<Check>> Compare(AuditedDatabase ledger, AuditedDatabase partners, long relayMark, CancellationToken ct)
    {
        var check = new Check(13, "settlement is the sum of the ledger's events at agreed prices, and nets to zero");
        var books = await SettlementBooks.Open(partners, check, ct);
        await using var told = Told(ledger, ct).GetAsyncEnumerator(ct);
        await using var settled = Grouped(partners, ct).GetAsyncEnumerator(ct);
        var (isTold, isSettled) = (await told.MoveNextAsync(), await settled.MoveNextAsync());
        while (isTold || isSettled)
        {
            var order = !isTold ? 1 : !isSettled ? -1 : told.Current.Id.CompareTo(settled.Current[0].LedgerEvent);
            if (order == 0) books.Match(told.Current, settled.Current);
            else if (order > 0 && settled.Current.All(s => s.Part.Kind == "block")) books.MatchBlock(settled.Current);
            else if (order > 0) check.Breaks($"Event {settled.Current[0].LedgerEvent} was settled, and the ledger knows of no such event.");
            else if (told.Current.Sequence <= relayMark) check.Breaks($"Event {told.Current.Sequence} of the ledger ({told.Current.Type}) was never settled.");
            if (order <= 0) isTold = await told.MoveNextAsync();
            if (order >= 0) isSettled = await settled.MoveNextAsync();
        }

        await books.Compare(partners, ct);
        return [check];
    }

    private static async IAsyncEnumerable<ToldEvent> Told(AuditedDatabase ledger, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var beside = await ledger.Beside(ct);
        await foreach (var row in beside.Rows("select id, seq_id, type, data::text from mt_events where type = any ($1) order by id", ct, (object)SettlementForms.Types))
            yield return new(row.GetGuid(0), row.GetInt64(1), row.GetString(2), Parts(row.GetString(2), row.GetString(3)));
    }

    // What can't be read is another check's finding; here it has no parts, which none of its settled ones will match.
    private static List<ToldPart> Parts(string type, string body)
    {
        try
        {
            using var fact = ShortForms.Parse(body);
            return SettlementForms.Of(type, fact.RootElement);
        }
        catch (Exception e) when (Json.IsUnreadable(e))
        {
            return [];
        }
    }

    private static async IAsyncEnumerable<List<SettledLine>> Grouped(AuditedDatabase partners, [EnumeratorCancellation] CancellationToken ct)
    {
        var group = new List<SettledLine>();
        await using var beside = await partners.Beside(ct);
        await foreach (var row in beside.Rows(Settled, ct))
        {
            var line = new SettledLine(
                row.GetGuid(0), row.GetInt64(1), new(row.GetString(2), row.GetGuid(3), row.GetInt32(6), row.GetInt64(8), row.GetFieldValue<DateOnly>(4)), row.GetString(5), row.GetDecimal(7));
            if (group.Count > 0 && group[0].LedgerEvent != line.LedgerEvent)
            {
                yield return group;
                group = [];
            }

            group.Add(line);
        }

        if (group.Count > 0) yield return group;
    }
}

/// <summary>An event of the ledger and what it moves, partner by partner.</summary>
internal sealed record ToldEvent(Guid Id, long Sequence, string Type, IReadOnlyList<ToldPart> Parts);

/// <summary>A posting as CoalitionPartners has settled it.</summary>
/// <param name="Sequence">The event of its own log in which it stands.</param>
internal sealed record SettledLine(Guid LedgerEvent, long Sequence, SettledPart Part, string Currency, decimal Price);
