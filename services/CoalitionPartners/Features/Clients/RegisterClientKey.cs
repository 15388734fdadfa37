using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Identity;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record RegisterClientKey(Guid PartnerId, string ClientId, string Kty, string Crv, string X, string Y) : ICommand<ShownKey>;

internal sealed class RegisterClientKeyRules : AbstractValidator<RegisterClientKey>
{
    public RegisterClientKeyRules() => RuleFor(c => c)
        .Must(c => c is { Kty: "EC", Crv: "P-256" } && PublicKeys.Of(c.X, c.Y) is not null)
        .OverridePropertyName("key")
        .WithMessage("Send a public key as a JWK: kty EC, crv P-256, and x and y of a point on that curve in base64url.");
}

internal sealed class RegisterClientKeyHandler(Session session, TimeProvider clock) : IRequestHandler<RegisterClientKey, Outcome<ShownKey>>
{
    public async Task<Outcome<ShownKey>> Handle(RegisterClientKey request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var key = PublicKeys.Of(request.X, request.Y)!;
        return session.Append(stream, stream.State.RegisterKey(request.ClientId, key, clock.GetUtcNow()),
            partner => ShownKey.Of(partner.Client(request.ClientId)!.Key(key.Id)!));
    }
}

internal static class RegisteringClientKeys
{
    private sealed record Body(string Kty, string Crv, string X, string Y, string? Kid = null, string? Alg = null, string? Use = null);

    public static void MapRegisterClientKey(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/clients/{clientId}/keys", async (Guid partnerId, string clientId, Body body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new RegisterClientKey(partnerId, clientId, body.Kty, body.Crv, body.X, body.Y), ct)).ToHttp(_ => $"/v1/partners/{partnerId}"))
        .RequireScope("partners.manage")
        .Produces<ShownKey>(StatusCodes.Status201Created)
        .WithSummary("Register a public key of an API client")
        .WithDescription("Takes a public key as a JWK (EC, P-256). The client then authenticates at /connect/token with a JWT that it signs with ES256 (RFC 7523, private_key_jwt): "
            + "iss and sub are its id, aud this authority, exp five minutes ahead at most, and a jti of its own each time. The key's id is its thumbprint (RFC 7638). Two keys are valid at "
            + "most; the same key again changes nothing. Keys are beside secrets: revoke the secret to do without.");
}
