using Loyalty.Messaging;
using Npgsql;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Writes the ledger's own copies of others' facts in the transaction of the message that told them.</summary>
internal static class InboxStatements
{
    public static async Task Execute(this InboxTransaction inbox, string sql, CancellationToken ct, params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, inbox.Transaction.Connection, inbox.Transaction);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter ?? DBNull.Value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
