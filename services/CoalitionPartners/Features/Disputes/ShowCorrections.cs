using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>A correction. The amount is in the partner's favour; below zero it pays.</summary>
/// <param name="OfCycle">The closed cycle that it corrects, with its line and the dispute that was upheld; null for one without a dispute.</param>
internal sealed record ShownCorrection(
    Guid CorrectionId, Guid PartnerId, Money Amount, string Reason, string? OfCycle, string? OfLine, Guid? DisputeId, CorrectionStatus Status,
    string ProposedBy, string? DecidedBy, DateTimeOffset? ProposedAt, DateTimeOffset? DecidedAt)
{
    public static ShownCorrection Of(Correction correction) => correction switch
    {
        { Posted: { } p } => new(
            p.Correction, p.Partner.Value, new(p.Amount, p.Currency), p.Reason, p.Cycle?.ToString(), p.Line, p.Dispute, CorrectionStatus.Posted, p.Maker, p.Checker,
            correction.Proposal?.ProposedAt, p.PostedAt),
        { Proposal: { } p } => new(
            p.Correction, p.Partner.Value, new(p.Amount, p.Currency), p.Reason, null, null, null, correction.Rejected is null ? CorrectionStatus.Proposed : CorrectionStatus.Rejected,
            p.Maker, correction.Rejected?.Checker, p.ProposedAt, correction.Rejected?.RejectedAt),
        _ => throw new InvalidOperationException($"Nobody has proposed correction {correction.Id}."),
    };

    public static ShownCorrection Of(CorrectionRow row) => new(
        row.Correction, row.Partner.Value, row.Amount, row.Reason, row.OfCycle, row.OfLine, row.Dispute, row.Status, row.Maker, row.Checker, row.ProposedAt, row.DecidedAt);
}

internal static class ShowCorrections
{
    public static void MapShowCorrections(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/clearing/corrections", async (
                [AsParameters] PageRequest page, Guid? partnerId, string? status, DisputesReader reader, CancellationToken ct) =>
            {
                PartnerId? partner = partnerId is { } asked ? new PartnerId(asked) : null;
                var rows = await reader.Corrections(partner, ShowDisputes.Status<CorrectionStatus>(status), page.After(long.MaxValue), page.Size + 1, ct);
                var answer = Page.Of(rows, page, row => row.Sequence);
                return TypedResults.Ok(new Page<ShownCorrection>([.. answer.Items.Select(ShownCorrection.Of)], answer.Next));
            })
            .RequireScope("clearing.manage")
            .WithSummary("List corrections")
            .WithDescription("The newest first, in pages, those of upheld disputes among them; of one partner or status where it is given: proposed, posted or rejected. Partners see theirs in their statements.");

        app.MapGet("/v1/clearing/corrections/{correctionId:guid}", async (Guid correctionId, DocumentStore store, CancellationToken ct) =>
                await store.Load<Correction>(Correction.StreamOf(correctionId), ct) is { Version: > 0, State: var correction }
                    ? TypedResults.Ok(ShownCorrection.Of(correction))
                    : CorrectionRefusals.Unknown.ToHttp())
            .RequireScope("clearing.manage")
            .Produces<ShownCorrection>()
            .WithSummary("Show a correction")
            .WithDescription("What is corrected and why, who has proposed it and who has decided.");
    }
}
