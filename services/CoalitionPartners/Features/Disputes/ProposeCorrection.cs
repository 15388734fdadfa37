using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>In whose favour a correction is.</summary>
internal enum CorrectionFavour
{
    /// <summary>The partner gets more, or owes less.</summary>
    Partner,

    /// <summary>The partner gets less, or owes more.</summary>
    Coalition,
}

/// <summary>An operator asks for a correction without a dispute; nothing is posted before another one approves.</summary>
/// <param name="CorrectionId">An id of the operator's choice, under which it is proposed once.</param>
/// <param name="Amount">Above zero, in units of the currency.</param>
internal sealed record ProposeCorrection(
    Guid CorrectionId, Guid PartnerId, CorrectionFavour InFavourOf, ExactNumber Amount, string Currency, string Reason, string Maker) : ICommand<ShownCorrection>;

internal sealed class ProposeCorrectionRules : AbstractValidator<ProposeCorrection>
{
    public ProposeCorrectionRules()
    {
        RuleFor(c => c.CorrectionId).NotEqual(Guid.Empty).WithMessage("Choose an id for the correction: any UUID that was not used before.");
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Amount).MustBeMoney(c => c.Currency);
        RuleFor(c => c.Reason).MustBeSentence();
    }
}

internal sealed class ProposeCorrectionHandler(Session session, TimeProvider clock) : IRequestHandler<ProposeCorrection, Outcome<ShownCorrection>>
{
    public async Task<Outcome<ShownCorrection>> Handle(ProposeCorrection request, CancellationToken cancellationToken)
    {
        var partner = (await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken)).State;
        if (partner.Admission is not { } admission)
            return Partner.Unknown();
        var amount = request.Amount.ToMoney(Currency.From(request.Currency));
        if (amount.Currency != admission.Currency)
            return CorrectionRefusals.Currency(admission.Currency);
        var stream = await session.FetchForWriting<Correction>(Correction.StreamOf(request.CorrectionId), cancellationToken);
        var decision = stream.State.Propose(
            request.CorrectionId, partner.Id, request.InFavourOf == CorrectionFavour.Partner ? amount : -amount, request.Reason, request.Maker, clock.GetUtcNow());
        return session.Append(stream, decision, ShownCorrection.Of);
    }
}

internal static class ProposingCorrections
{
    private sealed record Body(Guid CorrectionId, Guid PartnerId, CorrectionFavour InFavourOf, ExactNumber Amount, string Currency, string Reason);

    public static void MapProposeCorrection(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/clearing/corrections", async (Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(
                new ProposeCorrection(body.CorrectionId, body.PartnerId, body.InFavourOf, body.Amount, body.Currency, body.Reason, http.Caller().ClientId), ct))
                .ToHttp(correction => $"/v1/clearing/corrections/{correction.CorrectionId}"))
        .RequireScope("clearing.manage")
        .Produces<ShownCorrection>(StatusCodes.Status201Created)
        .WithSummary("Propose a correction")
        .WithDescription("Money between a partner and the coalition that follows from no posting, with its reason, in favour of the partner or the coalition, under an id of your choice. "
            + "Another operator approves or rejects it. The same request again answers the same.");
}
