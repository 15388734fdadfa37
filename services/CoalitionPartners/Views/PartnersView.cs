using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>A partner in a list.</summary>
internal sealed record PartnerLine(Guid PartnerId, string Code, string Name, string Currency, long Stores, long Agreements, DateTimeOffset AdmittedAt);

/// <summary>The list of partners. A partner by itself is read from its stream, which never lags.</summary>
internal sealed class PartnersView : IProjection
{
    public string Name => "partners";

    public string Tables =>
        """
        create table partners (
            partner     uuid        primary key,
            code        text        not null unique,
            name        text        not null,
            currency    text        not null,
            admitted_at timestamptz not null,
            stores      bigint      not null,
            agreements  bigint      not null
        );
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var e in page)
        {
            if (Row(e.Data) is { } command)
                batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
            await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Partners in the order of their codes, after a code; only the one where one is given.</summary>
    public static async Task<IReadOnlyList<PartnerLine>> Read(NpgsqlDataSource dataSource, PartnerId? only, string after, int limit, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            """
            select partner, code, name, currency, stores, agreements, admitted_at
            from partners.partners where code collate "C" > $1 and ($3::uuid is null or partner = $3) order by code collate "C" limit $2
            """);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = only?.Value });
        var lines = new List<PartnerLine>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            lines.Add(new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetInt64(5),
                row.GetFieldValue<DateTimeOffset>(6)));
        }

        return lines;
    }

    private static NpgsqlBatchCommand? Row(object fact) => fact switch
    {
        PartnerAdmitted e => new("insert into partners (partner, code, name, currency, admitted_at, stores, agreements) values ($1, $2, $3, $4, $5, $6, 0)")
        {
            Parameters =
            {
                new() { Value = e.Partner.Value }, new() { Value = e.Code }, new() { Value = e.Name }, new() { Value = e.Currency.Code },
                new() { Value = e.AdmittedAt.UtcDateTime }, new() { Value = (long)e.Stores.Count },
            },
        },
        StoreOpened e => new("update partners set stores = stores + 1 where partner = $1") { Parameters = { new() { Value = e.Partner.Value } } },
        AgreementMade e => new("update partners set agreements = agreements + 1 where partner = $1") { Parameters = { new() { Value = e.Partner.Value } } },
        _ => null,
    };
}
