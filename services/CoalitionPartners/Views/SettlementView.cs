using System.Diagnostics;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>
/// Points per partner, month, currency, direction and price. Money isn't stored: it is computed on reading, by the domain, so
/// that there is one rounding only.
/// </summary>
internal sealed class SettlementView : IProjection
{
    private static readonly ActivitySource Source = new("Loyalty.CoalitionPartners.Settlement");

    // What the points of a kind are called in a line.
    private static readonly Dictionary<PostingKind, string> Directions = new()
    {
        [PostingKind.Issue] = "issued",
        [PostingKind.Acceptance] = "accepted",
        [PostingKind.Funding] = "funded",
        [PostingKind.Breakage] = "lapsed",
        [PostingKind.PrepaidIssue] = "prepaid",
        [PostingKind.Block] = "bought",
    };

    public string Name => "settlement";

    public string Tables =>
        """
        create table lines (
            partner      uuid    not null,
            month        date    not null,
            currency     text    not null,
            direction    text    not null check (direction in ('issued', 'accepted', 'funded', 'lapsed', 'prepaid', 'bought')),
            price        numeric not null,
            points       bigint  not null,
            transactions bigint  not null,
            reversals    bigint  not null,
            primary key (month, currency, partner, direction, price)
        );
        create table partners (partner uuid primary key, code text not null, name text not null);
        create table applied (one boolean primary key default true check (one), sequence bigint not null, events bigint not null);
        insert into applied (sequence, events) values (0, 0);
        """;

    /// <summary>What kind of postings a line adds up.</summary>
    public static PostingKind KindOf(string direction) => Directions.Single(d => d.Value == direction).Key;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var settled = page.Where(e => e.Data is SettlementFact).Select(e => (e.TraceParent, Fact: ((SettlementFact)e.Data).Settled())).ToList();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Partners([.. page.Select(e => e.Data).OfType<PartnerAdmitted>()]));
        batch.BatchCommands.Add(Lines([.. settled.SelectMany(s => LinesOf(s.Fact)).GroupBy(l => l.Key, (key, lines) => (key, lines.Select(l => l.Line).Aggregate((a, b) => a.Plus(b))))]));
        batch.BatchCommands.Add(new("update applied set sequence = $1, events = events + $2")
        {
            Parameters = { new() { Value = page[^1].Sequence }, new() { Value = settled.Sum(s => s.Fact.Prices.Sum(p => (long)p.Postings.Count)) } },
        });
        var start = DateTimeOffset.UtcNow;
        await batch.ExecuteNonQueryAsync(ct);
        // The page is written at once, and each purchase's trace ends here. A fact of a single posting has its trace beside it, not in it.
        foreach (var trace in settled.SelectMany(s => s.Fact.Postings.Select(p => p.TraceParent).Prepend(s.TraceParent)).OfType<string>())
            Source.StartActivity("show in settlement", ActivityKind.Internal, trace, startTime: start)?.Dispose();
    }

    private static IEnumerable<(LineKey Key, PriceLine Line)> LinesOf(PostingsSettled fact) =>
        fact.PriceLines.Select(line => (LineKey.Of(fact, line.Price), line));

    private static NpgsqlBatchCommand Lines(IReadOnlyList<(LineKey Key, PriceLine Line)> lines) => new(
        """
        insert into lines (partner, month, currency, direction, price, points, transactions, reversals)
        select * from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::numeric[], $6::bigint[], $7::bigint[], $8::bigint[])
        on conflict (month, currency, partner, direction, price) do update set
            points = lines.points + excluded.points,
            transactions = lines.transactions + excluded.transactions,
            reversals = lines.reversals + excluded.reversals
        """)
    {
        Parameters =
        {
            new() { Value = lines.Select(l => l.Key.Partner).ToArray() },
            new() { Value = lines.Select(l => l.Key.Month).ToArray() },
            new() { Value = lines.Select(l => l.Key.Currency).ToArray() },
            new() { Value = lines.Select(l => l.Key.Direction).ToArray() },
            new() { Value = lines.Select(l => l.Line.Price).ToArray() },
            new() { Value = lines.Select(l => l.Line.Points.Value).ToArray() },
            new() { Value = lines.Select(l => l.Line.Transactions).ToArray() },
            new() { Value = lines.Select(l => l.Line.Reversals).ToArray() },
        },
    };

    private static NpgsqlBatchCommand Partners(IReadOnlyList<PartnerAdmitted> admitted) =>
        new("insert into partners (partner, code, name) select * from unnest($1::uuid[], $2::text[], $3::text[])")
        {
            Parameters =
            {
                new() { Value = admitted.Select(a => a.Partner.Value).ToArray() },
                new() { Value = admitted.Select(a => a.Code).ToArray() },
                new() { Value = admitted.Select(a => a.Name).ToArray() },
            },
        };

    private sealed record LineKey(Guid Partner, DateOnly Month, string Currency, string Direction, decimal Price)
    {
        public static LineKey Of(PostingsSettled fact, decimal price) =>
            new(fact.Partner.Value, fact.Month.First, fact.Currency.Code, Directions[fact.Kind.Plain()], price);
    }
}
