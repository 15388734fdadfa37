using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>Assertions that were taken, until they would lapse by themselves: a table, so that all processes and the next one know them too.</summary>
internal sealed class UsedAssertionRows(DocumentStore store)
{
    /// <summary>Notes that an assertion was used; false when it was already. Those that have lapsed are forgotten meanwhile.</summary>
    public async Task<bool> Use(string clientId, string id, DateTime until, CancellationToken ct)
    {
        await using var command = store.DataSource.CreateCommand(
            """
            with lapsed as (delete from used_assertions where until < now() - interval '10 minutes')
            insert into used_assertions (client_id, jti, until) values ($1, $2, $3) on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = clientId });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = until });
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }
}
