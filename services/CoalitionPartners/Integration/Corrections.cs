using System.Security.Cryptography;
using System.Text;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Contracts.CoalitionPartners.V1;
using Npgsql;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Sends a correction the way partners' files go: as a batch of one line, which is sent until the ledger has answered it.</summary>
internal static class Corrections
{
    /// <summary>The statements that hand the batch over.</summary>
    /// <param name="batch">Its id.</param>
    /// <param name="by">Who approved it, as the ledger shall name the cause.</param>
    public static IEnumerable<NpgsqlBatchCommand> Batch(Guid batch, Guid reconciliation, int item, ItemToDecide found, Correction correction, string by)
    {
        var content = SubmittedLines.Content(Transaction(found, correction) with { MayBackdate = true, SubmittedBy = by });
        var header = new NpgsqlBatchCommand(
            """
            insert into batches (id, partner, key, sha256, atomic, check_only, submitted_by, state, lines) values ($1, $2, $3, $4, false, false, $5, 'checking', 1)
            """);
        foreach (var value in new object[]
        {
            batch, found.Partner.Value, FormattableString.Invariant($"reconciliation/{reconciliation}/{item}"), SHA256.HashData(Encoding.UTF8.GetBytes(content)), by,
        }) header.Parameters.Add(new() { Value = value });
        yield return header;

        var line = new NpgsqlBatchCommand("insert into batch_lines (batch, line, transaction_id, content, fingerprint) values ($1, 1, $2, $3, $4)");
        foreach (var value in new object[] { batch, correction.TransactionId, content, SubmittedLines.Fingerprint(content) }) line.Parameters.Add(new() { Value = value });
        yield return line;
    }

    private static TransactionSubmitted Transaction(ItemToDecide found, Correction correction)
    {
        if (correction.Kind == TransactionKind.Return && correction.AmountMinor is { } back)
        {
            return new(
                found.Partner.Value, correction.TransactionId, correction.Kind, null, null, back, found.Finding.Currency, null, correction.Purchase, found.HereAt!.Value,
                MayBackdate: true, "");
        }

        var line = SubmittedLines.Read(found.Content!, Guid.Empty, 0) with { BatchId = null, Line = null };
        return correction.AmountMinor is { } more
            ? line with { TransactionId = correction.TransactionId, AmountMinor = more, Lines = null, PromoCodes = null }
            : line;
    }
}
