using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A reconciliation as it stands; its period is half-open.</summary>
/// <param name="State"><c>matching</c>, <c>finding</c> or <c>complete</c>.</param>
/// <param name="Rule">Version of the matching rule.</param>
/// <param name="Lines">Lines of the partner's book.</param>
/// <param name="Items">Differences found.</param>
/// <param name="MatchedAt">The moment of our book it was compared with.</param>
/// <param name="Explained">Whether the items add up to the difference of both books, to the minor unit and the point; null until it is complete.</param>
/// <param name="Totals">By kind of transaction and currency; empty until it is complete.</param>
internal sealed record ReconciliationShown(
    Guid ReconciliationId, Guid PartnerId, string State, DateTimeOffset From, DateTimeOffset Until, int Rule, Guid? BatchId, int Lines, int Items, string SubmittedBy,
    DateTimeOffset ReceivedAt, DateTimeOffset? MatchedAt, DateTimeOffset? CompletedAt, bool? Explained, IReadOnlyList<TotalShown> Totals);

/// <summary>Both books in one kind of transaction and currency.</summary>
/// <param name="Difference">There less here; what the items add up to.</param>
internal sealed record TotalShown(string Kind, string? Currency, SumShown There, SumShown Here, SumShown Matched, SumShown Items, SumShown Difference, bool Explained)
{
    public static TotalShown Of(BookTotal t) => new(
        t.Kind, t.Currency, SumShown.Of(t.There, t.Currency), SumShown.Of(t.Here, t.Currency), SumShown.Of(t.Matched, t.Currency), SumShown.Of(t.Items, t.Currency),
        SumShown.Of(new(t.There.Count - t.Here.Count, t.AmountDifference, t.PointsDifference), t.Currency), t.Explained);
}

/// <summary>How many, and what they come to.</summary>
/// <param name="Amount">In units of the currency; null where no money moved at the till.</param>
internal sealed record SumShown(long Count, decimal? Amount, decimal Points)
{
    public static SumShown Of(Sum sum, string? currency) => new(sum.Count, currency is null ? null : sum.Amount / Currency.From(currency).MinorPerUnit, sum.Points);
}

/// <summary>Reconciliations as partners see them: their own ones only; an operator sees all.</summary>
internal sealed class ReconciliationView(DocumentStore store)
{
    /// <summary>One reconciliation with its totals; null where it is another partner's, or none.</summary>
    public async Task<ReconciliationShown?> Find(PartnerId? partner, Guid id, CancellationToken ct)
    {
        if ((await Read("id = $3", partner, id, 1, ct)).SingleOrDefault() is not { } shown)
            return null;
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        var totals = await ReconciliationTotalRows.Read(connection, id, ct);
        return shown with { Totals = [.. totals.Select(TotalShown.Of)], Explained = shown.CompletedAt is null ? null : totals.All(t => t.Explained) };
    }

    /// <summary>Reconciliations without their totals, the newest first, before one.</summary>
    public Task<IReadOnlyList<ReconciliationShown>> List(PartnerId? partner, Guid before, int limit, CancellationToken ct) => Read("id < $3", partner, before, limit, ct);

    private async Task<IReadOnlyList<ReconciliationShown>> Read(string which, PartnerId? partner, Guid id, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            $"""
            select id, partner, state, from_time, until_time, rule, batch, lines, items, submitted_by, received_at, matched_at, completed_at
            from reconciliations where ($1::uuid is null or partner = $1) and key is not null and {which} order by id desc limit $2
            """);
        query.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = partner?.Value });
        query.Parameters.Add(new() { Value = limit });
        query.Parameters.Add(new() { Value = id });
        var found = new List<ReconciliationShown>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            found.Add(new(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4), row.GetInt32(5), row.Id(6),
                row.GetInt32(7), row.GetInt32(8), row.GetString(9), row.GetFieldValue<DateTimeOffset>(10), row.Time(11), row.Time(12), null, []));
        }

        return found;
    }
}
