using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record RevokeClientKey(Guid PartnerId, string ClientId, string KeyId) : ICommand<ShownKey>;

internal sealed class RevokeClientKeyHandler(Session session, TimeProvider clock) : IRequestHandler<RevokeClientKey, Outcome<ShownKey>>
{
    public async Task<Outcome<ShownKey>> Handle(RevokeClientKey request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        return session.Append(stream, stream.State.RevokeKey(request.ClientId, request.KeyId, clock.GetUtcNow()),
            partner => ShownKey.Of(partner.Client(request.ClientId)!.Key(request.KeyId)!));
    }
}

internal static class RevokingClientKeys
{
    public static void MapRevokeClientKey(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/clients/{clientId}/keys/{keyId}/revocation",
            async (Guid partnerId, string clientId, string keyId, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new RevokeClientKey(partnerId, clientId, keyId), ct)).ToHttp())
        .RequireScope("partners.manage")
        .Produces<ShownKey>()
        .WithSummary("Revoke a public key of an API client")
        .WithDescription("What is signed with the key gets no more tokens; those it got end within five minutes. Revoking again changes nothing.");
}
