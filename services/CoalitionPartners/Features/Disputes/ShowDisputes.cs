using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>A dispute in a list.</summary>
/// <param name="Amount">What the partner wants more of, or to owe less.</param>
/// <param name="OpenForDays">Whole days since it was opened; null where it is decided or withdrawn.</param>
internal sealed record DisputeLine(
    Guid DisputeId, string CycleId, Guid PartnerId, string LineId, Money Amount, DisputeStatus Status, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, int? OpenForDays);

/// <summary>A dispute and all that was said in it.</summary>
/// <param name="Proposal">A decision that waits for a second operator; for operators.</param>
/// <param name="Upheld">What the partner gets by the correction; null where it was not upheld.</param>
internal sealed record ShownDispute(
    Guid DisputeId, string CycleId, Guid PartnerId, string LineId, Money Amount, DisputeStatus Status, DateTimeOffset OpenedAt,
    IReadOnlyList<DisputeMessage> Messages, WaitingDecision? Proposal, Money? Upheld, Guid? CorrectionId, string? Reason, DateTimeOffset? DecidedAt)
{
    public static ShownDispute Of(Dispute dispute, bool isOperator)
    {
        var (opening, upheld, rejected) = (dispute.Opening!, dispute.Upheld, dispute.Rejected);
        return new(
            opening.Dispute, opening.Cycle.ToString(), opening.Partner.Value, opening.Line, In(opening.Amount), dispute.Status, opening.OpenedAt, dispute.Messages,
            isOperator && dispute.Proposal is { } p ? new(p.Amount is { } amount ? In(amount) : null, p.Reason, p.Maker, p.ProposedAt) : null,
            upheld is null ? null : In(upheld.Amount), upheld?.Correction, upheld?.Reason ?? rejected?.Reason, upheld?.UpheldAt ?? rejected?.RejectedAt);

        Money In(long minor) => new(minor, opening.Currency);
    }
}

/// <param name="Amount">What the partner shall get; null: the dispute shall be rejected.</param>
internal sealed record WaitingDecision(Money? Amount, string Reason, string ProposedBy, DateTimeOffset ProposedAt);

internal static class ShowDisputes
{
    private static readonly string[] Scopes = ["settlement.read", "settlement.dispute", "clearing.manage"];

    public static void MapShowDisputes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/clearing/disputes", async (
                [AsParameters] PageRequest page, Guid? partnerId, string? status, string? cycleId, HttpContext http, DisputesReader reader, TimeProvider clock, CancellationToken ct) =>
            {
                if (cycleId is not null && !CycleId.TryParse(cycleId, out _)) throw new ProblemException("'cycleId' is the name of a clearing cycle, such as 2017-03.");
                PartnerId? partner = http.Caller().Partner ?? (partnerId is { } asked ? new PartnerId(asked) : null);
                var rows = await reader.Disputes(partner, Status<DisputeStatus>(status), cycleId, page.After(long.MaxValue), page.Size + 1, ct);
                var answer = Page.Of(rows, page, row => row.Sequence);
                return TypedResults.Ok(new Page<DisputeLine>([.. answer.Items.Select(row => Line(row, clock.GetUtcNow()))], answer.Next));
            })
            .RequireScope(Scopes)
            .WithSummary("List disputes")
            .WithDescription("The newest first, in pages; of one partner, cycle or status where it is given: opened, answered, upheld, rejected or withdrawn. A partner's client sees its own only.");

        app.MapGet("/v1/clearing/disputes/ageing", async (DisputesReader reader, TimeProvider clock, CancellationToken ct) => TypedResults.Ok(await reader.Ageing(clock.GetUtcNow(), ct)))
            .RequireScope("clearing.manage")
            .WithSummary("Show how old open disputes are")
            .WithDescription("How many are neither decided nor withdrawn, and the amounts in question, by currency and by days since they were opened: 0 to 7, 8 to 30, 31 to 60, and more.");

        app.MapGet("/v1/clearing/disputes/{disputeId:guid}", async (Guid disputeId, HttpContext http, DocumentStore store, CancellationToken ct) =>
                await store.Load<Dispute>(Dispute.StreamOf(disputeId), ct) is { State: { Opening: { } opening } dispute } && http.Caller().Partner is var partner && (partner is null || partner == opening.Partner)
                    ? TypedResults.Ok(ShownDispute.Of(dispute, partner is null))
                    : DisputeRefusals.Unknown.ToHttp())
            .RequireScope(Scopes)
            .Produces<ShownDispute>()
            .WithSummary("Show a dispute")
            .WithDescription("With all that was said in it, and how it ended. A partner's client sees its own only.");
    }

    /// <summary>A status by its name in the query; null where none is asked for.</summary>
    public static TStatus? Status<TStatus>(string? name) where TStatus : struct, Enum => name is null
        ? null
        : Enum.GetValues<TStatus>().Where(s => s.ToString().ToLowerInvariant() == name).Select(s => (TStatus?)s).FirstOrDefault()
            ?? throw new ProblemException($"'status' is one of {string.Join(", ", Enum.GetNames<TStatus>()).ToLowerInvariant()}.");

    private static DisputeLine Line(DisputeRow row, DateTimeOffset now) => new(
        row.Dispute, row.Cycle, row.Partner.Value, row.Line, row.Amount, row.Status, row.OpenedAt, row.ClosedAt, row.ClosedAt is null ? (int)(now - row.OpenedAt).TotalDays : null);
}
