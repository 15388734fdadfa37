using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record RetireTerminal(Guid PartnerId, string Store, string Code) : ICommand<Terminal>;

internal sealed class RetireTerminalHandler(Session session, TimeProvider clock) : IRequestHandler<RetireTerminal, Outcome<Terminal>>
{
    public async Task<Outcome<Terminal>> Handle(RetireTerminal request, CancellationToken cancellationToken)
    {
        var partner = (await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken)).State;
        var stream = await session.FetchForWriting<Terminals>(Terminals.IdOf(partner.Id, request.Store), cancellationToken);
        return session.Append(stream, stream.State.Retire(partner, request.Store, request.Code, clock.GetUtcNow()), terminals => terminals.Find(request.Code)!);
    }
}

internal static class RetiringTerminals
{
    public static void MapRetireTerminal(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/stores/{store}/terminals/{terminal}/retirement",
            async (Guid partnerId, string store, string terminal, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new RetireTerminal(partnerId, store, terminal), ct)).ToHttp())
        .RequireScope("partners.manage")
        .Produces<Terminal>()
        .WithSummary("Retire a terminal")
        .WithDescription("The terminal is out of use from now on; its code is never used again. Retiring again changes nothing.");
}
