using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Identity;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record RegisterApiClient(Guid PartnerId, string Name, IReadOnlyList<string> Scopes) : ICommand<RegisteredApiClient>;

internal sealed record RegisteredApiClient(string ClientId, string ClientSecret, string Name, IReadOnlyList<string> Scopes);

internal sealed class RegisterApiClientRules : AbstractValidator<RegisterApiClient>
{
    public RegisterApiClientRules()
    {
        RuleFor(c => c.Name).MustBeClientName();
        RuleFor(c => c.Scopes).Must(scopes => scopes.Count <= 20).WithMessage("Send each scope once.");
    }
}

internal sealed class RegisterApiClientHandler(Session session, TimeProvider clock) : IRequestHandler<RegisterApiClient, Outcome<RegisteredApiClient>>
{
    public async Task<Outcome<RegisteredApiClient>> Handle(RegisterApiClient request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var secret = ClientSecret.New();
        var decision = stream.State.RegisterClient(request.Name, request.Scopes, ClientSecret.Hash(secret), clock.GetUtcNow());
        return session.Append(stream, decision, partner => Answer(partner.Clients[^1], secret));
    }

    private static RegisteredApiClient Answer(ApiClient client, string secret) => new(client.ClientId, secret, client.Name, client.Scopes);
}

internal static class RegisteringApiClients
{
    private sealed record Body(string Name, IReadOnlyList<string> Scopes);

    public static void MapRegisterApiClient(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/clients", async (Guid partnerId, Body body, IMediator mediator, HttpContext http, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new RegisterApiClient(partnerId, body.Name, body.Scopes), ct)).ToHttp(_ => $"/v1/partners/{partnerId}");
        })
        .RequireScope("partners.manage")
        .Produces<RegisteredApiClient>(StatusCodes.Status201Created)
        .WithSummary("Register an API client")
        .WithDescription("Registers a program that acts for the partner and answers its id and its secret. The secret is shown this once and can't be "
            + "looked up again, so a repeat is refused as client-name-taken. To change a secret, issue another one for the client and then revoke the old one. "
            + $"Scopes: {string.Join(", ", Partner.GrantableScopes)}.");
}
