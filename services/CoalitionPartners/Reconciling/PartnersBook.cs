using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>A partner's book as it is read, line by line, and afterwards what it is known by.</summary>
/// <param name="Lines">Its lines, in order.</param>
/// <param name="Sha256">What tells it from others, once all lines have been read.</param>
/// <param name="Name">A name that no partner can choose for a reconciliation.</param>
internal sealed record PartnersBook(IAsyncEnumerable<BookLine> Lines, Func<byte[]> Sha256, string Name)
{
    /// <summary>A file. A line that can't be read, or lies outside the period, refuses all of it: what isn't understood can't be explained.</summary>
    public static PartnersBook Of(FileText text, string? mediaType, NewReconciliation asked, Func<string?, byte[]?> hash, CancellationToken ct) =>
        new(Read(TransactionFile.Read(mediaType, text, BookLineRules.Fault, ct), asked, hash, ct), () => text.Sha256, "sha256");

    /// <summary>The lines of a batch that lie in the period, but for those that could not be read.</summary>
    public static PartnersBook Of(Guid batch, DocumentStore store, NewReconciliation asked, Func<string?, byte[]?> hash, CancellationToken ct) =>
        new(Read(batch, store, asked, hash, ct), () => SHA256.HashData(batch.ToByteArray()), "batch");

    private static async IAsyncEnumerable<BookLine> Read(
        IAsyncEnumerable<FileLine> lines, NewReconciliation asked, Func<string?, byte[]?> hash, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in lines.WithCancellation(ct))
        {
            if (line.Fault is { } fault)
            {
                throw new ProblemException(Problem.Of(
                    fault.Code == "malformed-request" ? StatusCodes.Status400BadRequest : StatusCodes.Status422UnprocessableEntity, fault.Code, $"Line {line.Number}: {fault.Detail}"));
            }

            var filed = line.Transaction!;
            if (filed.OccurredAt < asked.From || filed.OccurredAt >= asked.Until)
            {
                throw new ProblemException(Problem.Of(
                    StatusCodes.Status422UnprocessableEntity, "line-outside-period", $"Line {line.Number} is not of the period. Send the lines from 'from' on and before 'until'."));
            }

            Money? amount = filed.Amount is { } number ? number.ToMoney(Currency.From(filed.Currency!)) : null;
            yield return new(
                line.Number, filed.Type, filed.TransactionId.Value, filed.Purchase?.Value, amount?.Minor, filed.Currency, filed.Points is { } points ? (long)points.Value : null,
                filed.OccurredAt, hash(filed.Card), End(filed.Card), Content(filed, asked));
        }
    }

    private static async IAsyncEnumerable<BookLine> Read(
        Guid batch, DocumentStore store, NewReconciliation asked, Func<string?, byte[]?> hash, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select line, content from batch_lines where batch = $1 and content is not null order by line");
        query.Parameters.Add(new() { Value = batch });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var (number, content) = (row.GetInt32(0), row.GetString(1));
            var line = SubmittedLines.Read(content, batch, number);
            if (line.OccurredAt < asked.From || line.OccurredAt >= asked.Until) continue;
            yield return new(
                number, line.Kind, line.TransactionId, line.Purchase, line.AmountMinor, line.Currency, line.Points, line.OccurredAt, hash(line.Card), End(line.Card), content);
        }
    }

    // What the ledger would be told, where the line has all that it needs. It earns its points there.
    private static string? Content(FiledTransaction filed, NewReconciliation asked)
    {
        var bare = filed.Type == TransactionKind.Redemption ? filed : filed with { Points = null };
        return FiledTransactionRules.Fault(bare) is null ? SubmittedLines.Content(bare, asked.Partner, mayBackdate: true, asked.SubmittedBy) : null;
    }

    private static string? End(string? card) => card is { Length: >= 8 } ? card[^4..] : null;
}
