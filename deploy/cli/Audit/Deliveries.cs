using System.Runtime.CompilerServices;

namespace Loyalty.Cli.Audit;

/// <summary>Whose events of which types a queue of whom consumes.</summary>
internal sealed record Subscribed(string Publisher, string Consumer, string Queue, params string[] Types);

/// <summary>Every event that a service has published took effect once in every consumer, and nothing took effect that was never published.</summary>
internal static class Deliveries
{
    // Only what is told of every event of a type stands here: where telling depends on the event's body, a database can't show what was due.
    private static readonly Subscribed[] All =
    [
        new("ledger", "partners", "coalition-partners.settlement", SettlementForms.Types),
        new("ledger", "partners", "coalition-partners.transactions", "points-accrued", "purchase-reversed", "points-redeemed", "redemption-reversed"),
        new("ledger", "partners", "coalition-partners.liability", "points-accrued", "purchase-reversed", "points-redeemed", "redemption-reversed", "points-expired", "points-adjusted", "debt-repaid"),
        new("ledger", "customers", "customers.activity", "points-accrued", "points-redeemed"),
        new("partners", "ledger", "points-ledger.partners", "partner-admitted", "store-opened", "store-closed", "agreement-made", "block-bought"),
        new("partners", "ledger", "points-ledger.rules", "offer-published", "offer-withdrawn", "programme-published"),
        new("cards", "ledger", "points-ledger.cards", "card-linked", "card-blocked"),
    ];

    /// <summary>How far each publisher's relay has come, and with it what consumers must have seen.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> Marks(IReadOnlyDictionary<string, string> places, TimeSpan patience, CancellationToken ct)
    {
        var marks = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (service, place) in places)
            marks[service] = await AuditedDatabase.Now<long>(place, "select coalesce((select last_seq_id from mt_event_progression where name = 'Relay:All'), 0)", ct);

        // What was published a moment ago may be on its way yet.
        var until = DateTime.UtcNow + patience;
        foreach (var one in All.Where(s => places.ContainsKey(s.Publisher) && places.ContainsKey(s.Consumer)))
        {
            var last = await AuditedDatabase.Now<Guid[]>(
                places[one.Publisher],
                "select array(select id from mt_events where type = any ($1) and seq_id <= $2 order by seq_id desc limit 1000)", ct, one.Types, marks[one.Publisher]);
            while (DateTime.UtcNow < until
                && await AuditedDatabase.Now<long>(places[one.Consumer], "select count(*) from inbox where consumer = $1 and event_id = any ($2)", ct, one.Queue, last) < last.Length)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
            }
        }

        return marks;
    }

    public static async Task<IReadOnlyList<Check>> Once(
        IReadOnlyDictionary<string, AuditedDatabase> databases, IReadOnlyDictionary<string, string> places, IReadOnlyDictionary<string, long> marks, CancellationToken ct)
    {
        var check = new Check(12, "every event takes effect once in every consumer");
        foreach (var one in All.Where(s => databases.ContainsKey(s.Publisher) && databases.ContainsKey(s.Consumer)))
        {
            check.Saw("deliveries", await Compare(one, databases[one.Publisher], databases[one.Consumer], places[one.Publisher], marks[one.Publisher], check, ct));
            check.Saw("queues");
        }

        check.Remark = "compared up to each relay's mark";
        return [check];
    }

    /// <summary>The events that a queue hears of and has not taken yet; null where those are too many to be under way.</summary>
    public static async Task<HashSet<Guid>?> Unheard(string queue, AuditedDatabase publisher, AuditedDatabase consumer, CancellationToken ct)
    {
        const int TooMany = 1_000_000;
        var unheard = new HashSet<Guid>();
        await using var heard = Heard(consumer, queue, ct).GetAsyncEnumerator(ct);
        var isHeard = await heard.MoveNextAsync();
        await foreach (var (id, _) in Told(publisher, All.Single(s => s.Queue == queue).Types, ct))
        {
            while (isHeard && heard.Current.CompareTo(id) < 0) isHeard = await heard.MoveNextAsync();
            if ((!isHeard || heard.Current != id) && unheard.Add(id) && unheard.Count > TooMany) return null;
        }

        return unheard;
    }

    private static async Task<long> Compare(
        Subscribed one, AuditedDatabase publisher, AuditedDatabase consumer, string place, long mark, Check check, CancellationToken ct)
    {
        var (count, unknown) = (0L, new List<Guid>());
        await using var told = Told(publisher, one.Types, ct).GetAsyncEnumerator(ct);
        await using var heard = Heard(consumer, one.Queue, ct).GetAsyncEnumerator(ct);
        var (isTold, isHeard, before) = (await told.MoveNextAsync(), await heard.MoveNextAsync(), Guid.Empty);
        while (isTold || isHeard)
        {
            var order = !isTold ? 1 : !isHeard ? -1 : told.Current.Id.CompareTo(heard.Current);
            if (order < 0 && told.Current.Sequence <= mark)
                check.Breaks($"Event {told.Current.Sequence} of the {one.Publisher} ({told.Current.Id}) never took effect in {one.Queue}.");
            if (order >= 0)
            {
                if (heard.Current == before) check.Breaks($"Event {before} of the {one.Publisher} took effect more than once in {one.Queue}.");
                else if (order > 0) unknown.Add(heard.Current);
                before = heard.Current;
            }

            if (order == 0) count++;
            if (order <= 0) isTold = await told.MoveNextAsync();
            if (order >= 0) isHeard = await heard.MoveNextAsync();
        }

        await Strangers(one, place, unknown, check, ct);
        return count;
    }

    // The publisher's database was perhaps looked at a moment earlier than the consumer's: what is news there is none now.
    private static async Task Strangers(Subscribed one, string place, List<Guid> unknown, Check check, CancellationToken ct)
    {
        foreach (var some in unknown.Chunk(1000))
        {
            var strangers = await AuditedDatabase.Now<Guid[]>(
                place, "select array(select id from unnest($1) id except select id from mt_events where type = any ($2))", ct, some, one.Types);
            foreach (var stranger in strangers) check.Breaks($"Event {stranger} took effect in {one.Queue}, and the {one.Publisher} knows of none.");
        }
    }

    private static async IAsyncEnumerable<(Guid Id, long Sequence)> Told(AuditedDatabase publisher, string[] types, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var beside = await publisher.Beside(ct);
        await foreach (var row in beside.Rows("select id, seq_id from mt_events where type = any ($1) order by id", ct, (object)types))
            yield return (row.GetGuid(0), row.GetInt64(1));
    }

    private static async IAsyncEnumerable<Guid> Heard(AuditedDatabase consumer, string queue, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var beside = await consumer.Beside(ct);
        await foreach (var row in beside.Rows("select event_id from inbox where consumer = $1 order by event_id", ct, queue)) yield return row.GetGuid(0);
    }
}
