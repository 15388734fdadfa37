using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <param name="EffectiveFrom">The first instant at which nothing is sold there; null for now.</param>
internal sealed record CloseStore(Guid PartnerId, string Store, DateTimeOffset? EffectiveFrom) : ICommand<ShownStore>;

internal sealed class CloseStoreHandler(Session session, TimeProvider clock) : IRequestHandler<CloseStore, Outcome<ShownStore>>
{
    public async Task<Outcome<ShownStore>> Handle(CloseStore request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var decision = stream.State.CloseStore(request.Store, request.EffectiveFrom, clock.GetUtcNow());
        return session.Append(stream, decision, partner => ShownStore.Of(partner, partner.Store(request.Store)!));
    }
}

internal static class ClosingStores
{
    private sealed record Body(DateTimeOffset? EffectiveFrom = null);

    public static void MapCloseStore(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/stores/{store}/closing", async (Guid partnerId, string store, Body body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new CloseStore(partnerId, store, body.EffectiveFrom), ct)).ToHttp())
        .RequireScope("partners.manage")
        .Produces<ShownStore>()
        .WithSummary("Close a store")
        .WithDescription("From effectiveFrom on, or from now on where it is left out, the ledger takes no purchases, redemptions or reservations of this store (store-closed). "
            + "What was done before that may still come in late, and returns, captures and reversals go on. It is for good, and the code is never used again: a store that opens again, or moves to another "
            + "time zone, is another store. Closing again changes nothing; another effectiveFrom is refused as store-closed, one that is over as closing-backdated.");
}
