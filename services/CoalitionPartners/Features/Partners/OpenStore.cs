using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record OpenStore(Guid PartnerId, string Code, string Name, string? TimeZone) : ICommand<Store>;

internal sealed class OpenStoreRules : AbstractValidator<OpenStore>
{
    public OpenStoreRules()
    {
        RuleFor(c => c.Code).MustBeStoreCode();
        RuleFor(c => c.Name).MustBeName();
        RuleFor(c => c.TimeZone).MustBeTimeZoneIfPresent();
    }
}

internal sealed class OpenStoreHandler(Session session, TimeProvider clock) : IRequestHandler<OpenStore, Outcome<Store>>
{
    public async Task<Outcome<Store>> Handle(OpenStore request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var store = new Store(request.Code, request.Name, request.TimeZone);
        return session.Append(stream, stream.State.OpenStore(store, clock.GetUtcNow()), _ => store);
    }
}

internal static class OpeningStores
{
    public static void MapOpenStore(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/stores", async (Guid partnerId, Store body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new OpenStore(partnerId, body.Code, body.Name, body.TimeZone), ct)).ToHttp(_ => $"/v1/partners/{partnerId}"))
        .RequireScope("partners.manage")
        .Produces<Store>(StatusCodes.Status201Created)
        .WithSummary("Open a store")
        .WithDescription("Adds a store to a partner; timeZone is an IANA name, and the programme's where it is left out. The same store again changes nothing; another store under a code in use is refused as store-code-taken.");
}
