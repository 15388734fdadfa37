using Loyalty.EventStore;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>A line of a partner's book.</summary>
/// <param name="Card">Keyed hash of the card's number.</param>
/// <param name="CardEnd">Its last four digits.</param>
/// <param name="Content">What the ledger would be told; null where the line has not all that it needs.</param>
internal sealed record BookLine(
    int Number, string Kind, string TransactionId, string? RefersTo, long? Amount, string? Currency, long? Points, DateTimeOffset OccurredAt,
    byte[]? Card, string? CardEnd, string? Content);

/// <summary>The rows of the partners' books, copied in many at a time.</summary>
internal sealed class BookLineRows(DocumentStore store)
{
    public async Task Copy(Guid reconciliation, IReadOnlyList<BookLine> lines, CancellationToken ct)
    {
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            copy reconciliation_lines (reconciliation, line, kind, transaction_id, refers_to, amount, currency, points, occurred_at, card, card_end, content)
            from stdin (format binary)
            """, ct);
        foreach (var line in lines)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(reconciliation, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(line.Number, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(line.Kind, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(line.TransactionId, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(line.RefersTo, NpgsqlDbType.Text, ct);
            await copy.Write(line.Amount, ct);
            await copy.WriteAsync(line.Currency, NpgsqlDbType.Text, ct);
            await copy.Write(line.Points, ct);
            await copy.WriteAsync(line.OccurredAt.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(line.Card, NpgsqlDbType.Bytea, ct);
            await copy.WriteAsync(line.CardEnd, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(line.Content, NpgsqlDbType.Text, ct);
        }

        await copy.CompleteAsync(ct);
    }
}

internal static class CopiedNumbers
{
    public static Task Write(this NpgsqlBinaryImporter copy, long? number, CancellationToken ct) =>
        number is { } value ? copy.WriteAsync(value, NpgsqlDbType.Bigint, ct) : copy.WriteNullAsync(ct);
}
