using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <summary>Somebody proposes that a partner buys a block of points; nothing is owed before another one agrees.</summary>
/// <param name="Maker">Who proposes it.</param>
internal sealed record ProposeBlock(Guid PartnerId, Guid BlockId, ExactNumber? Points, string Maker) : ICommand<BlockLine>;

internal sealed class ProposeBlockRules : AbstractValidator<ProposeBlock>
{
    public ProposeBlockRules()
    {
        RuleFor(c => c.BlockId).NotEqual(Guid.Empty).WithMessage("Choose an id for the block: any UUID that was not used before.");
        RuleFor(c => c.Points).MustBePointsIfPresent();
    }
}

internal sealed class ProposeBlockHandler(Session session, TimeProvider clock) : IRequestHandler<ProposeBlock, Outcome<BlockLine>>
{
    public async Task<Outcome<BlockLine>> Handle(ProposeBlock request, CancellationToken cancellationToken)
    {
        var (id, now) = (new PartnerId(request.PartnerId), clock.GetUtcNow());
        var partner = (await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken)).State;
        if (partner.Admission is null)
            return Partner.Unknown();
        var account = await session.FetchForWriting<PrepaidAccount>(PrepaidAccount.IdOf(id), cancellationToken);
        Points? points = request.Points is { } number ? new Points((long)number.Value) : null;
        return session.Append(
            account, account.State.Propose(id, request.BlockId, points, partner.InForce(now), request.Maker, now), after => BlockLine.Of(after.Find(request.BlockId)!));
    }
}

internal static class ProposingBlocks
{
    private sealed record Body(Guid BlockId, ExactNumber? Points = null);

    public static void MapProposeBlock(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/blocks", async (Guid partnerId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ProposeBlock(partnerId, body.BlockId, body.Points, http.Caller().ClientId), ct)).ToHttp(_ => $"/v1/partners/{partnerId}/blocks"))
        .RequireScope("partners.manage")
        .Produces<BlockLine>(StatusCodes.Status201Created)
        .WithSummary("Propose a prepaid block")
        .WithDescription("Proposes that the partner buys a block of points by the agreement in force, under an id of your choice: a block as it was agreed, or so many points. "
            + "Another person approves or rejects it. The same request again answers the same.");
}
