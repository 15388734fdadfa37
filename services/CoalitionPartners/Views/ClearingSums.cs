using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>What postings of a page of the log add to the lines of their cycles.</summary>
internal sealed class ClearingSums
{
    private readonly Dictionary<CycleId, Cycle> cycles = [];
    private readonly Dictionary<Place, PriceLine> lines = [];
    private readonly HashSet<(Place Place, long Sequence)> facts = [];
    private Assigned last;

    public void Add(ClearingState state, PostingsSettled fact, long sequence)
    {
        foreach (var priced in fact.Prices)
        {
            foreach (var cleared in priced.Postings.GroupBy(p => Assign(state, p.OccurredAt)))
            {
                var (cycle, origin) = cleared.Key;
                var place = new Place(cycle.Id, fact.Partner.Value, fact.Currency.Code, new(origin.Id, fact.Kind.Plain(), priced.AgreementVersion, priced.Price.Normalised()));
                var line = PriceLine.Of(fact.Kind, priced with { Postings = [.. cleared] });
                lines[place] = lines.TryGetValue(place, out var sum) ? sum.Plus(line) : line;
                facts.Add((place, sequence));
                cycles.TryAdd(cycle.Id, cycle);
                cycles.TryAdd(origin.Id, origin);
            }
        }
    }

    /// <summary>Writes them and begins anew.</summary>
    public void Flush(NpgsqlBatch batch)
    {
        if (lines.Count > 0)
        {
            batch.BatchCommands.Add(Cycles([.. cycles.Values]));
            batch.BatchCommands.Add(Lines([.. lines]));
            batch.BatchCommands.Add(Facts([.. facts]));
        }

        cycles.Clear();
        lines.Clear();
        facts.Clear();
        last = default;
    }

    // Postings of a page mostly lie in one cycle, and finding a cycle takes the arithmetic of time zones.
    private Assigned Assign(ClearingState state, DateTimeOffset occurredAt) =>
        last.Origin is { } origin && origin.Contains(occurredAt) ? last : last = state.Assign(occurredAt);

    /// <summary>Notes cycles that are not noted yet.</summary>
    public static NpgsqlBatchCommand Cycles(IReadOnlyList<Cycle> cycles) =>
        new("insert into cycles (cycle, starts, ends, due) select * from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[]) on conflict do nothing")
        {
            Parameters =
            {
                new() { Value = cycles.Select(c => c.Id.ToString()).ToArray() },
                new() { Value = cycles.Select(c => c.From.UtcDateTime).ToArray() },
                new() { Value = cycles.Select(c => c.Until.UtcDateTime).ToArray() },
                new() { Value = cycles.Select(c => c.Due.UtcDateTime).ToArray() },
            },
        };

    private static NpgsqlBatchCommand Lines(IReadOnlyList<KeyValuePair<Place, PriceLine>> lines) => new(
        """
        insert into lines (cycle, partner, line, currency, origin, kind, agreement, price, points, transactions, reversals)
        select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::numeric[], $9::bigint[], $10::bigint[], $11::bigint[])
        on conflict (cycle, partner, line) do update set
            points = lines.points + excluded.points,
            transactions = lines.transactions + excluded.transactions,
            reversals = lines.reversals + excluded.reversals
        """)
    {
        Parameters =
        {
            new() { Value = lines.Select(l => l.Key.Cycle.ToString()).ToArray() },
            new() { Value = lines.Select(l => l.Key.Partner).ToArray() },
            new() { Value = lines.Select(l => l.Key.Line.Id).ToArray() },
            new() { Value = lines.Select(l => l.Key.Currency).ToArray() },
            new() { Value = lines.Select(l => l.Key.Line.Origin.ToString()).ToArray() },
            new() { Value = lines.Select(l => LineKey.NameOf(l.Key.Line.Kind)).ToArray() },
            new() { Value = lines.Select(l => l.Key.Line.AgreementVersion).ToArray() },
            new() { Value = lines.Select(l => l.Key.Line.Price).ToArray() },
            new() { Value = lines.Select(l => l.Value.Points.Value).ToArray() },
            new() { Value = lines.Select(l => l.Value.Transactions).ToArray() },
            new() { Value = lines.Select(l => l.Value.Reversals).ToArray() },
        },
    };

    private static NpgsqlBatchCommand Facts(IReadOnlyList<(Place Place, long Sequence)> facts) =>
        new("insert into facts (cycle, partner, line, sequence) select * from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) on conflict do nothing")
        {
            Parameters =
            {
                new() { Value = facts.Select(f => f.Place.Cycle.ToString()).ToArray() },
                new() { Value = facts.Select(f => f.Place.Partner).ToArray() },
                new() { Value = facts.Select(f => f.Place.Line.Id).ToArray() },
                new() { Value = facts.Select(f => f.Sequence).ToArray() },
            },
        };

    private sealed record Place(CycleId Cycle, Guid Partner, string Currency, LineKey Line);
}
