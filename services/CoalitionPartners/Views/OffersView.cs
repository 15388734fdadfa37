using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>An offer in a list, as its current version has it.</summary>
internal sealed record OfferLine(
    string Id, int Version, string Name, string Kind, DateTimeOffset? From, DateTimeOffset? Until, DateTimeOffset PublishedAt, bool Withdrawn, bool InForce);

/// <summary>The list of offers. An offer by itself is read from its stream, which never lags.</summary>
internal sealed class OffersView : IProjection
{
    public string Name => "offers";

    public string Tables =>
        """
        create table offers (
            offer        text        primary key,
            version      int         not null,
            name         text        not null,
            kind         text        not null,
            holds_from   timestamptz,
            holds_until  timestamptz,
            published_at timestamptz not null,
            withdrawn    boolean     not null
        );
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var e in page)
        {
            if (e.Data is OfferPublished p)
                batch.BatchCommands.Add(Upsert(p));
            else if (e.Data is OfferWithdrawn w)
                batch.BatchCommands.Add(Withdraw(w));
        }

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Offers in the order of their ids, after an id, and whether each is in force at a time.</summary>
    public static async Task<IReadOnlyList<OfferLine>> Read(NpgsqlDataSource dataSource, DateTimeOffset at, string after, int limit, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            """
            select offer, version, name, kind, holds_from, holds_until, published_at, withdrawn,
                not withdrawn and coalesce(holds_from <= $3, true) and coalesce(holds_until > $3, true)
            from offers.offers where offer collate "C" > $1 order by offer collate "C" limit $2
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = at.UtcDateTime });
        var lines = new List<OfferLine>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            lines.Add(new(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), Time(row, 4), Time(row, 5),
                row.GetFieldValue<DateTimeOffset>(6), row.GetBoolean(7), row.GetBoolean(8)));
        }

        return lines;
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlBatchCommand Upsert(OfferPublished e)
    {
        var document = new Part(e.Document);
        return new(
            """
            insert into offers (offer, version, name, kind, holds_from, holds_until, published_at, withdrawn) values ($1, $2, $3, $4, $5, $6, $7, false)
            on conflict (offer) do update set version = excluded.version, name = excluded.name, kind = excluded.kind, holds_from = excluded.holds_from,
                holds_until = excluded.holds_until, published_at = excluded.published_at, withdrawn = false
            """)
        {
            Parameters =
            {
                new() { Value = e.Offer }, new() { Value = e.Version }, new() { Value = document["name"].Text! }, new() { Value = document["kind"].Text! },
                new NpgsqlParameter<DateTime?> { TypedValue = document["from"].Time?.UtcDateTime },
                new NpgsqlParameter<DateTime?> { TypedValue = document["until"].Time?.UtcDateTime },
                new() { Value = e.PublishedAt.UtcDateTime },
            },
        };
    }

    private static NpgsqlBatchCommand Withdraw(OfferWithdrawn e) => new("update offers set version = $2, published_at = $3, withdrawn = true where offer = $1")
    {
        Parameters = { new() { Value = e.Offer }, new() { Value = e.Version }, new() { Value = e.WithdrawnAt.UtcDateTime } },
    };
}
