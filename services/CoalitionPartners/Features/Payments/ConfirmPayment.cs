using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>The bank has booked a payment, or a part of it.</summary>
/// <param name="BankReference">The bank's own name for the booking; recording it again changes nothing.</param>
internal sealed record ConfirmPayment(
    string Cycle, string EndToEndId, ExactNumber Amount, string Currency, DateTimeOffset BookedAt, string BankReference, string By) : ICommand<ShownInstruction>
{
    public Booking Booking() => new(Amount.ToMoney(Kernel.Currency.From(Currency)), BookedAt.ToUniversalTime(), BankReference);
}

internal sealed class ConfirmPaymentRules : AbstractValidator<ConfirmPayment>
{
    public ConfirmPaymentRules()
    {
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBeMoney(c => c.Currency);
        RuleFor(c => c.BankReference).Matches(@"\A[!-~]([ -~]{0,62}[!-~])?\z").WithMessage("A bank reference is 1 to 64 letters, digits and signs of ASCII, without spaces at the ends.");
    }
}

internal sealed class ConfirmPaymentHandler(Session session, ClearingReader reader, TimeProvider clock) : IRequestHandler<ConfirmPayment, Outcome<ShownInstruction>>
{
    public async Task<Outcome<ShownInstruction>> Handle(ConfirmPayment request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await reader.Find(request.Cycle, now, cancellationToken) is not { Cycle: var cycle })
            return ClosingRefusals.Unknown;
        var stream = await session.FetchForWriting<CyclePayments>(CyclePayments.StreamOf(cycle.Id), cancellationToken);
        var names = await reader.Names(cancellationToken);
        return session.Append(
            stream, stream.State.Confirm(request.EndToEndId, request.Booking(), request.By, now),
            after => ShownPayments.Of(after, names, only: null)!.Payments.Single(p => p.EndToEndId == request.EndToEndId));
    }
}

internal static class ConfirmingPayments
{
    private sealed record Body(ExactNumber Amount, string Currency, DateTimeOffset BookedAt, string BankReference);

    public static void MapConfirmPayment(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/cycles/{id}/payments/{endToEndId}/confirmation", async (
            string id, string endToEndId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ConfirmPayment(id, endToEndId, body.Amount, body.Currency, body.BookedAt, body.BankReference, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("clearing.manage")
        .Produces<ShownInstruction>()
        .WithSummary("Confirm a payment")
        .WithDescription("What the bank has booked of it: a part, or all that is left; more than that is refused (overpaid). The same bank reference again changes nothing. It is subtracted "
            + "from what is owed in the clearing cycle that is open now; when all payments of a cycle are confirmed in full, the cycle is settled.");
}
