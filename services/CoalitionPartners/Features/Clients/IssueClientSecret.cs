using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Identity;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clients;

/// <param name="ValidUntil">When the secrets that are valid now end; null to let them be.</param>
internal sealed record IssueClientSecret(Guid PartnerId, string ClientId, DateTimeOffset? ValidUntil) : ICommand<IssuedClientSecret>;

/// <param name="ClientSecret">Shown this once.</param>
internal sealed record IssuedClientSecret(string ClientId, int SecretId, string ClientSecret, IEnumerable<ShownSecret> Secrets);

internal sealed class IssueClientSecretHandler(Session session, TimeProvider clock) : IRequestHandler<IssueClientSecret, Outcome<IssuedClientSecret>>
{
    public async Task<Outcome<IssuedClientSecret>> Handle(IssueClientSecret request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var (secret, now) = (ClientSecret.New(), clock.GetUtcNow());
        return session.Append(stream, stream.State.IssueSecret(request.ClientId, ClientSecret.Hash(secret), request.ValidUntil, now), partner =>
        {
            var client = partner.Client(request.ClientId)!;
            return new IssuedClientSecret(client.ClientId, client.Secrets[^1].Id, secret, client.ValidSecrets(now).Select(ShownSecret.Of).ToList());
        });
    }
}

internal static class IssuingClientSecrets
{
    private const string Shown = "The secret is shown this once. Two are valid at most: issue one, bring it to all tills, then revoke the old one, or say now with validUntil "
        + "until when the old one is taken. While two are valid a third is refused as too-many-secrets.";

    private sealed record Body(DateTimeOffset? ValidUntil = null);

    public static void MapIssueClientSecret(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/partners/{partnerId:guid}/clients/{clientId}/secrets", (Guid partnerId, string clientId, Body body, IMediator mediator, HttpContext http, CancellationToken ct) =>
                Answer(new(partnerId, clientId, body.ValidUntil), mediator, http, ct))
            .RequireScope("partners.manage")
            .Produces<IssuedClientSecret>(StatusCodes.Status201Created)
            .WithSummary("Issue another secret for an API client")
            .WithDescription(Shown);

        app.MapPost("/v1/clients/self/secrets", (Body body, IMediator mediator, HttpContext http, CancellationToken ct) =>
                Answer(new(http.Partner().Value, http.Caller().ClientId, body.ValidUntil), mediator, http, ct))
            .RequireScope([.. Partner.GrantableScopes])
            .Produces<IssuedClientSecret>(StatusCodes.Status201Created)
            .WithSummary("Issue another secret for yourself")
            .WithDescription("For the client whose token it is, whatever its scopes, which stay as they are. " + Shown);
    }

    private static async Task<IResult> Answer(IssueClientSecret command, IMediator mediator, HttpContext http, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        return (await mediator.Send(command, ct)).ToHttp(_ => $"/v1/partners/{command.PartnerId}");
    }
}
