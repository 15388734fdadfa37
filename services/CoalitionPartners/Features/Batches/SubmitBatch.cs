using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Batches;

/// <summary>Takes a partner's file in while it is being sent, some lines at a time, so that its length does not matter.</summary>
internal sealed class BatchIntake(BatchRows batches, BatchLineRows rows, FileLimits limits)
{
    private const int Chunk = 2_000;

    /// <summary>The batch that the file is, and whether it is new: the same file again is the batch it was.</summary>
    public async Task<(Guid Id, bool IsNew)> Receive(
        Stream file, string? mediaType, Caller sender, PartnerId partner, TransactionId? key, bool atomic, bool checkOnly, CancellationToken ct)
    {
        var batch = new NewBatch(Guid.CreateVersion7(), partner, sender.Origin.CausedBy, atomic, checkOnly);
        var text = new FileText(file, limits);
        var lines = TransactionFile.Read(mediaType, text, ct);
        await batches.Begin(batch, ct);
        var kept = false;
        try
        {
            var (count, refused) = await Keep(batch.Id, lines, sender, ct);
            var name = key?.Value ?? NameOf(text.Sha256, atomic, checkOnly);
            kept = await batches.TryReceive(batch.Id, name, text.Sha256, count, refused, ct);
            return kept ? (batch.Id, true) : (Same((await batches.Find(partner, name, ct))!, batch, text.Sha256), false);
        }
        finally
        {
            // Also when the sender went away in the middle: a file is taken as a whole or not at all.
            if (!kept) await batches.Discard(batch.Id, CancellationToken.None);
        }
    }

    private async Task<(int Count, int Refused)> Keep(Guid batch, IAsyncEnumerable<FileLine> lines, Caller sender, CancellationToken ct)
    {
        var (count, refused) = (0, 0);
        var chunk = new List<BatchLine>(Chunk);
        await foreach (var line in lines.WithCancellation(ct))
        {
            chunk.Add(Judge(line, sender));
            count++;
            if (chunk[^1].Code is not null) refused++;
            if (chunk.Count < Chunk) continue;
            await rows.Copy(batch, chunk, ct);
            chunk.Clear();
        }

        if (chunk.Count > 0) await rows.Copy(batch, chunk, ct);
        return (count, refused);
    }

    private static BatchLine Judge(FileLine line, Caller sender)
    {
        var id = line.Transaction?.TransactionId.Value;
        if (line.Fault is { } fault) return new(line.Number, id, null, null, fault.Code, fault.Detail);
        var scope = line.Transaction!.Type == FiledTransaction.RedemptionType ? "ledger.redeem" : "ledger.post";
        if (!sender.Has(scope)) return new(line.Number, id, null, null, "insufficient-scope", $"This needs a token with the scope {scope}.");
        var content = SubmittedLines.Content(line.Transaction, sender);
        return new(line.Number, id, content, SubmittedLines.Fingerprint(content), null, null);
    }

    private static Guid Same(KnownBatch known, NewBatch asked, byte[] sha256) =>
        known.Atomic == asked.Atomic && known.CheckOnly == asked.CheckOnly && known.Sha256.AsSpan().SequenceEqual(sha256)
            ? known.Id
            : throw new ProblemException(Problem.Of(422, "batch-differs", "This key was used before for another file. Repeat that one unchanged, or use a new key."));

    // No partner can choose such a key: it has a slash.
    private static string NameOf(byte[] sha256, bool atomic, bool checkOnly) =>
        $"sha256/{Convert.ToHexStringLower(sha256)}{(atomic ? "+atomic" : "")}{(checkOnly ? "+check" : "")}";
}

internal static class SubmitBatch
{
    private const long MostBytes = 4L * 1024 * 1024 * 1024;

    public static void MapSubmitBatch(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/batches", Answer)
        .RequireScope("ledger.post", "ledger.redeem")
        .WithIdempotencyKey(required: false)
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Produces<BatchShown>(StatusCodes.Status202Accepted)
        .Produces<BatchShown>()
        .WithSummary("Submit a file of transactions")
        .WithDescription("Takes CSV (text/csv) or one JSON object per line (application/x-ndjson), up to a million lines, and answers 202 with the batch's "
            + "address once all of it is stored. Each good line is then posted as if a till had sent it; redemptions need ledger.redeem, lines beyond the "
            + "usual limit on lateness ledger.backdate. The same file again, or the same Idempotency-Key with the same file, is the same batch (200) and changes "
            + "nothing; another file under the key is 422 batch-differs. atomic=true refuses all lines when the check of any fails, before anything is posted; mode=check posts nothing. "
            + "A file that can't be read as a whole is 400 with the line's number, too large 413, of another kind or packed 415; nothing of it is kept.");

    private static async Task<IResult> Answer(HttpContext http, BatchIntake intake, BatchView view, bool? atomic, string? mode, CancellationToken ct)
    {
        if (mode is not (null or "post" or "check")) throw new ProblemException("'mode' is post or check.");
        var partner = http.Partner();
        var (id, isNew) = await intake.Receive(
            http.Request.Body, http.Request.ContentType, http.Caller(), partner, http.OptionalKey(), atomic ?? false, mode == "check", ct);
        var batch = await view.Find(partner, id, ct);
        http.Response.Headers.Location = $"/v1/batches/{id}";
        return isNew ? TypedResults.Json(batch, statusCode: StatusCodes.Status202Accepted) : TypedResults.Ok(batch);
    }
}
