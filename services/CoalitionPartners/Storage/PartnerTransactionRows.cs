using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A partner's transaction as the ledger told it.</summary>
/// <param name="RefersTo">The purchase or redemption that it takes back.</param>
/// <param name="Amount">In minor units.</param>
/// <param name="Points">All of them: base points and awards.</param>
/// <param name="Card">Keyed hash of the card's number.</param>
internal sealed record PartnerTransaction(
    Guid EventId, Guid Partner, string TransactionId, string Kind, string? RefersTo, string Store, long? Amount, string? Currency, long Points,
    DateTimeOffset OccurredAt, Guid Account, byte[]? Card);

/// <summary>Our side of every reconciliation.</summary>
internal static class PartnerTransactionRows
{
    public static async Task Add(NpgsqlTransaction transaction, IReadOnlyList<PartnerTransaction> told, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into partner_transactions
                (event_id, partner, transaction_id, kind, refers_to, store, amount, currency, points, occurred_at, account, card)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing
            """,
            transaction.Connection, transaction);
        Add(NpgsqlDbType.Uuid, t => t.EventId);
        Add(NpgsqlDbType.Uuid, t => t.Partner);
        Add(NpgsqlDbType.Text, t => t.TransactionId);
        Add(NpgsqlDbType.Text, t => t.Kind);
        Add(NpgsqlDbType.Text, t => t.RefersTo);
        Add(NpgsqlDbType.Text, t => t.Store);
        Add(NpgsqlDbType.Bigint, t => t.Amount);
        Add(NpgsqlDbType.Text, t => t.Currency);
        Add(NpgsqlDbType.Bigint, t => t.Points);
        Add(NpgsqlDbType.TimestampTz, t => t.OccurredAt.ToUniversalTime());
        Add(NpgsqlDbType.Uuid, t => t.Account);
        Add(NpgsqlDbType.Bytea, t => t.Card);
        await command.ExecuteNonQueryAsync(ct);

        void Add<T>(NpgsqlDbType type, Func<PartnerTransaction, T> column) =>
            command.Parameters.Add(new() { Value = told.Select(column).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
