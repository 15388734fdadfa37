using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal sealed record WithdrawOffer(string Id) : ICommand<MadeOfferVersion>;

internal sealed class WithdrawOfferHandler(Session session, TimeProvider clock) : IRequestHandler<WithdrawOffer, Outcome<MadeOfferVersion>>
{
    public async Task<Outcome<MadeOfferVersion>> Handle(WithdrawOffer request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Offer>(Offer.StreamOf(request.Id), cancellationToken);
        return session.Append(stream, stream.State.Withdraw(request.Id, clock.GetUtcNow()), offer => MadeOfferVersion.Of(request.Id, offer.Current!));
    }
}

internal static class WithdrawingOffers
{
    public static void MapWithdrawOffer(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/offers/{id}/withdrawal", async (string id, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new WithdrawOffer(id), ct)).ToHttp())
        .RequireScope("offers.manage")
        .Produces<MadeOfferVersion>()
        .WithSummary("Withdraw an offer")
        .WithDescription("From now on the offer grants nothing; what it granted stays, and so do purchases made before. The second time changes nothing. "
            + "It can be published again, as a next version.");
}
