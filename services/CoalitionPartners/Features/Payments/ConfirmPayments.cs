using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Files;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>The bank has booked many payments. Each line takes effect, or is refused, by itself.</summary>
internal sealed record ConfirmPayments(IReadOnlyList<ConfirmationLine> Lines, string By) : ICommand<ConfirmedFile>;

/// <summary>What became of a file of confirmations.</summary>
internal sealed record ConfirmedFile(int Recorded, int Unchanged, int Refused, IReadOnlyList<ConfirmedLine> Lines);

/// <param name="Code">Stable code of a refusal; null where there is none.</param>
internal sealed record ConfirmedLine(int Line, string EndToEndId, ConfirmationOutcome Outcome, string? Code, string? Detail);

/// <summary>What became of a line: recorded, or unchanged because it had been recorded before, or refused.</summary>
internal enum ConfirmationOutcome
{
    Recorded,
    Unchanged,
    Refused,
}

internal sealed class ConfirmPaymentsHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<ConfirmPayments, Outcome<ConfirmedFile>>
{
    private readonly ConfirmPaymentRules rules = new();
    private readonly Dictionary<string, EventStream<CyclePayments>?> cycles = new(StringComparer.Ordinal);

    public async Task<Outcome<ConfirmedFile>> Handle(ConfirmPayments request, CancellationToken cancellationToken)
    {
        var lines = new List<ConfirmedLine>();
        foreach (var line in request.Lines)
            lines.Add(await Record(line, request.By, cancellationToken));
        return new ConfirmedFile(Count(ConfirmationOutcome.Recorded), Count(ConfirmationOutcome.Unchanged), Count(ConfirmationOutcome.Refused), lines);

        int Count(ConfirmationOutcome outcome) => lines.Count(l => l.Outcome == outcome);
    }

    private async Task<ConfirmedLine> Record(ConfirmationLine line, string by, CancellationToken ct)
    {
        var cycle = PaymentOrder.CycleOf(line.EndToEndId) ?? "";
        var confirmation = new ConfirmPayment(cycle, line.EndToEndId, line.Amount, line.Currency, line.BookedAt, line.BankReference, by);
        if ((line.Fault ?? (await rules.ValidateAsync(confirmation, ct)).Errors.FirstOrDefault()?.ErrorMessage) is { } fault)
            return Refused(new("malformed-line", fault));
        if (!cycles.TryGetValue(cycle, out var stream))
            cycles[cycle] = stream = await reader.Find(cycle, clock.GetUtcNow(), ct) is { } row ? await session.FetchForWriting<CyclePayments>(CyclePayments.StreamOf(row.Cycle.Id), ct) : null;
        if (stream is null)
            return Refused(PaymentRefusals.Unknown);
        switch (stream.State.Confirm(line.EndToEndId, confirmation.Booking(), by, clock.GetUtcNow()))
        {
            case Decision<PaymentFact>.Accepted { Events: [] }:
                return new(line.Number, line.EndToEndId, ConfirmationOutcome.Unchanged, null, null);
            case Decision<PaymentFact>.Accepted accepted:
                cycles[cycle] = session.Append(stream, accepted.Events);
                return new(line.Number, line.EndToEndId, ConfirmationOutcome.Recorded, null, null);
            case Decision<PaymentFact>.Refused refused:
                return Refused(refused.Refusal);
            default:
                throw new InvalidOperationException("A decision is accepted or refused.");
        }

        ConfirmedLine Refused(Refusal refusal) => new(line.Number, line.EndToEndId, ConfirmationOutcome.Refused, refusal.Code, refusal.Detail);
    }
}

internal static class ConfirmingManyPayments
{
    private const int MostLines = 2_000;
    private const int MostBytes = 1024 * 1024;

    public static void MapConfirmPayments(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/payments/confirmations", async (HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            var lines = await ConfirmationFile.Read(http.Request.ContentType, new(http.Request.Body, new(MostLines, LineBytes: 4 * 1024)), ct).ToListAsync(ct);
            return (await mediator.Send(new ConfirmPayments(lines, http.Caller().ClientId), ct)).ToHttp();
        })
        .RequireScope("clearing.manage")
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .Produces<ConfirmedFile>()
        .WithSummary("Confirm many payments")
        .WithDescription($"A file of text/csv with the columns endToEndId, amount, currency, bookedAt and bankReference, up to {MostLines} lines. Each line is recorded as if it had been sent by itself, "
            + "or refused with a code; the answer says which. The same file again changes nothing. A file that can't be read as a whole is 400, too long 413, of another kind 415.");
}
