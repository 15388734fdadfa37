using Loyalty.Cards.Views;
using Loyalty.Commands;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Cards.Features;

/// <summary>Makes an issued card usable, once somebody holds it.</summary>
internal sealed record ActivateCard(string Card) : ICommand<CardView>;

internal sealed class ActivateCardHandler(CardDecision decision, TimeProvider clock) : IRequestHandler<ActivateCard, Outcome<CardView>>
{
    public Task<Outcome<CardView>> Handle(ActivateCard request, CancellationToken cancellationToken) =>
        decision.Take(request.Card, card => card.Activate(clock.GetUtcNow()), cancellationToken);
}

internal static class ActivatingCards
{
    public static void MapActivateCard(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/cards/{card}/activate", async (string card, IMediator mediator, CancellationToken ct) => (await mediator.Send(new ActivateCard(card), ct)).ToHttp())
        .RequireScope(Scope.ManageCards)
        .Produces<CardView>()
        .WithSummary("Activate a card")
        .WithDescription("Makes an issued card usable. The address takes its number or its barcode. Activating again changes nothing.");
}
