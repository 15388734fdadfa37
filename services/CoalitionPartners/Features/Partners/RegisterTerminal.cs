using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record RegisterTerminal(Guid PartnerId, string Store, string Code, string Name) : ICommand<Terminal>;

internal sealed class RegisterTerminalRules : AbstractValidator<RegisterTerminal>
{
    public RegisterTerminalRules()
    {
        RuleFor(c => c.Code).MustBeTerminalCode();
        RuleFor(c => c.Name).MustBeName();
    }
}

internal sealed class RegisterTerminalHandler(Session session, TimeProvider clock) : IRequestHandler<RegisterTerminal, Outcome<Terminal>>
{
    public async Task<Outcome<Terminal>> Handle(RegisterTerminal request, CancellationToken cancellationToken)
    {
        var partner = (await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken)).State;
        var stream = await session.FetchForWriting<Terminals>(Terminals.IdOf(partner.Id, request.Store), cancellationToken);
        var decision = stream.State.Register(partner, request.Store, request.Code, request.Name, clock.GetUtcNow());
        return session.Append(stream, decision, terminals => terminals.Find(request.Code)!);
    }
}

internal static class RegisteringTerminals
{
    private sealed record Body(string Code, string Name);

    public static void MapRegisterTerminal(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/stores/{store}/terminals", async (Guid partnerId, string store, Body body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new RegisterTerminal(partnerId, store, body.Code, body.Name), ct)).ToHttp(_ => $"/v1/partners/{partnerId}/stores/{store}/terminals"))
        .RequireScope("partners.manage")
        .Produces<Terminal>(StatusCodes.Status201Created)
        .WithSummary("Register a terminal")
        .WithDescription("Adds a till or another device to a store, under the code that postings name in terminal. A register for people: the ledger takes postings "
            + "of terminals that are not in it. The same terminal again changes nothing; another one under a code that is or was in use is refused as terminal-code-taken.");
}
