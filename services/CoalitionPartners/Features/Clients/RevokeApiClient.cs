using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record RevokeApiClient(Guid PartnerId, string ClientId) : ICommand<RevokedApiClient>;

internal sealed record RevokedApiClient(string ClientId, DateTimeOffset RevokedAt);

internal sealed class RevokeApiClientHandler(Session session, TimeProvider clock) : IRequestHandler<RevokeApiClient, Outcome<RevokedApiClient>>
{
    public async Task<Outcome<RevokedApiClient>> Handle(RevokeApiClient request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        return session.Append(stream, stream.State.RevokeClient(request.ClientId, clock.GetUtcNow()),
            partner => new RevokedApiClient(request.ClientId, partner.Client(request.ClientId)!.RevokedAt!.Value));
    }
}

internal static class RevokingApiClients
{
    public static void MapRevokeApiClient(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/clients/{clientId}/revoke", async (Guid partnerId, string clientId, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new RevokeApiClient(partnerId, clientId), ct)).ToHttp())
        .RequireScope("partners.manage")
        .Produces<RevokedApiClient>()
        .WithSummary("Revoke an API client")
        .WithDescription("The client gets no more tokens; those it has end within five minutes. Revoking again changes nothing.");
}
