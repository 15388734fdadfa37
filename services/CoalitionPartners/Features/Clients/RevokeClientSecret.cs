using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record RevokeClientSecret(Guid PartnerId, string ClientId, int SecretId) : ICommand<ShownSecret>;

internal sealed class RevokeClientSecretHandler(Session session, TimeProvider clock) : IRequestHandler<RevokeClientSecret, Outcome<ShownSecret>>
{
    public async Task<Outcome<ShownSecret>> Handle(RevokeClientSecret request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        return session.Append(stream, stream.State.RevokeSecret(request.ClientId, request.SecretId, clock.GetUtcNow()),
            partner => ShownSecret.Of(partner.Client(request.ClientId)!.Secret(request.SecretId)!));
    }
}

internal static class RevokingClientSecrets
{
    public static void MapRevokeClientSecret(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/clients/{clientId}/secrets/{secretId:int}/revocation",
            async (Guid partnerId, string clientId, int secretId, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new RevokeClientSecret(partnerId, clientId, secretId), ct)).ToHttp())
        .RequireScope("partners.manage")
        .Produces<ShownSecret>()
        .WithSummary("Revoke a secret of an API client")
        .WithDescription("The secret gets no more tokens; those it got end within five minutes. The client's other secret and its keys go on. Revoking again changes nothing.");
}
