using System.Globalization;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>Takes a partner's book in while it is being sent, some lines at a time, so that its length does not matter.</summary>
internal sealed class ReconciliationIntake(ReconciliationRows reconciliations, BookLineRows rows)
{
    private const int Chunk = 2_000;

    /// <summary>The reconciliation that the book is, and whether it is new: the same book, period and rule again are the one they were.</summary>
    public async Task<(Guid Id, bool IsNew)> Receive(NewReconciliation asked, PartnersBook book, TransactionId? key, CancellationToken ct)
    {
        await reconciliations.Begin(asked, ct);
        var kept = false;
        try
        {
            var count = await Keep(asked.Id, book, ct);
            var name = key?.Value ?? NameOf(book, asked);
            kept = await reconciliations.TryReceive(asked.Id, name, book.Sha256(), count, ct);
            return kept ? (asked.Id, true) : (Same((await reconciliations.Find(asked.Partner, name, ct))!, asked, book.Sha256()), false);
        }
        finally
        {
            // Also when the sender went away in the middle: a book is taken as a whole or not at all.
            if (!kept) await reconciliations.Discard(asked.Id, CancellationToken.None);
        }
    }

    private async Task<int> Keep(Guid id, PartnersBook book, CancellationToken ct)
    {
        var count = 0;
        var chunk = new List<BookLine>(Chunk);
        await foreach (var line in book.Lines.WithCancellation(ct))
        {
            chunk.Add(line);
            count++;
            if (chunk.Count < Chunk) continue;
            await rows.Copy(id, chunk, ct);
            chunk.Clear();
        }

        await rows.Copy(id, chunk, ct);
        return count;
    }

    private static Guid Same(KnownReconciliation known, NewReconciliation asked, byte[] sha256) =>
        known.From == asked.From && known.Until == asked.Until && known.Rule == asked.Rule && known.Sha256.AsSpan().SequenceEqual(sha256)
            ? known.Id
            : throw new ProblemException(Problem.Of(
                StatusCodes.Status422UnprocessableEntity, "reconciliation-differs", "This key was used before for another reconciliation. Repeat that one unchanged, or use a new key."));

    // No partner can choose such a key: it has a slash.
    private static string NameOf(PartnersBook book, NewReconciliation asked) => string.Create(
        CultureInfo.InvariantCulture, $"{book.Name}/{Convert.ToHexStringLower(book.Sha256())}/{asked.From.UtcDateTime:O}/{asked.Until.UtcDateTime:O}/{asked.Rule}");
}

/// <summary>What is asked for beside the file.</summary>
/// <param name="From">First instant of the period.</param>
/// <param name="Until">First instant after it.</param>
/// <param name="Rule">Version of the matching rule; the one that holds unless said.</param>
/// <param name="Batch">The batch whose lines are the book, in place of a file.</param>
/// <param name="Partner">Whose book it is; for operators.</param>
internal sealed record ReconciliationQuery(string? From, string? Until, int? Rule, Guid? Batch, Guid? Partner);

internal static class SubmitReconciliation
{
    private const long MostBytes = 4L * 1024 * 1024 * 1024;

    public static void MapSubmitReconciliation(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reconciliations", Answer)
        .RequireScope("reconciliation.manage")
        .WithIdempotencyKey(required: false)
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Produces<ReconciliationShown>(StatusCodes.Status202Accepted)
        .Produces<ReconciliationShown>()
        .WithSummary("Reconcile a partner's book with ours")
        .WithDescription("Takes the partner's book of a period (from, and before until) as a file of the same form as batches, CSV or NDJSON, whose lines may tell their "
            + "points, and answers 202 with the reconciliation's address once all of it is stored. batch takes the lines of a batch in place of a file, rule another version of the matching rule than the one "
            + "that holds. A partner sends its own book, an operator names the partner. The same book, period and rule again are the same reconciliation (200); another under a used "
            + "Idempotency-Key is 422 reconciliation-differs. A line that can't be read, or lies outside the period (line-outside-period), refuses the file; nothing of it is kept.");

    private static async Task<IResult> Answer(
        [AsParameters] ReconciliationQuery query, HttpContext http, ReconciliationIntake intake, ReconciliationView view, BatchView batches, CardHashes cards, FileLimits limits,
        DocumentStore store, CancellationToken ct)
    {
        var (from, until) = (Time(query.From, "from"), Time(query.Until, "until"));
        if (from >= until) throw new ProblemException("'until' is not after 'from'. A period ends after it begins.");
        var partner = await PartnerOf(query, http, store, ct);
        var rules = (await store.Load<MatchingRules>(MatchingRules.Stream, ct))?.State ?? MatchingRules.Initial(default);
        var rule = query.Rule ?? rules.Version;
        if (rules.Find(rule) is null) return new Refusal("rule-unknown", "There is no such version of the matching rule. Leave 'rule' out for the one that holds.").ToHttp();
        if (query.Batch is { } named && await batches.Find(partner, named, ct) is null) throw new ProblemException(Problem.NotFound());

        var asked = new NewReconciliation(Guid.CreateVersion7(), partner, http.Caller().Origin.CausedBy, from, until, rule, query.Batch);
        var hash = await cards.Hash(ct);
        var book = query.Batch is { } batch
            ? PartnersBook.Of(batch, store, asked, hash, ct)
            : PartnersBook.Of(new FileText(http.Request.Body, limits), http.Request.ContentType, asked, hash, ct);
        var (id, isNew) = await intake.Receive(asked, book, http.OptionalKey(), ct);
        http.Response.Headers.Location = $"/v1/reconciliations/{id}";
        var shown = await view.Find(partner, id, ct);
        return isNew ? TypedResults.Json(shown, statusCode: StatusCodes.Status202Accepted) : TypedResults.Ok(shown);
    }

    private static async Task<PartnerId> PartnerOf(ReconciliationQuery query, HttpContext http, DocumentStore store, CancellationToken ct)
    {
        if (http.Caller().Partner is { } own)
            return query.Partner is null || query.Partner == own.Value ? own : throw new ProblemException(Problem.NotFound());
        if (query.Partner is not { } named) throw new ProblemException("'partner' is missing. Say whose book it is.");
        return await store.Load<Partner>(named, ct) is { State.Admission: not null }
            ? new(named)
            : throw new ProblemException(Problem.Of(StatusCodes.Status404NotFound, Partner.Unknown().Code, Partner.Unknown().Detail));
    }

    private static DateTimeOffset Time(string? text, string name) => Rfc3339.TryParse(text, out var time)
        ? time
        : throw new ProblemException($"'{name}' is a time as RFC 3339 has it, with its offset: 2017-03-01T00:00:00Z.");
}
