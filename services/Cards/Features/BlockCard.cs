using FluentValidation;
using Loyalty.Cards.Domain;
using Loyalty.Cards.Views;
using Loyalty.Commands;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Cards.Features;

/// <summary>Blocks a card for good.</summary>
internal sealed record BlockCard(string Card, string Reason) : ICommand<CardView>;

internal sealed class BlockCardValidator : AbstractValidator<BlockCard>
{
    public BlockCardValidator() => RuleFor(c => c.Reason).Must(reason => BlockReasons.ByOperators.Contains(reason))
        .WithMessage($"A reason is one of {string.Join(", ", BlockReasons.ByOperators)}.");
}

internal sealed class BlockCardHandler(CardDecision decision, TimeProvider clock) : IRequestHandler<BlockCard, Outcome<CardView>>
{
    public Task<Outcome<CardView>> Handle(BlockCard request, CancellationToken cancellationToken) =>
        decision.Take(request.Card, card => card.Block(request.Reason, clock.GetUtcNow()), cancellationToken);
}

internal sealed record BlockCardRequest(string Reason);

internal static class BlockingCards
{
    public static void MapBlockCard(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/cards/{card}/block", async (string card, BlockCardRequest body, IMediator mediator, CancellationToken ct) => (await mediator.Send(new BlockCard(card, body.Reason), ct)).ToHttp())
        .RequireScope(Scope.ManageCards)
        .Produces<CardView>()
        .WithSummary("Block a card")
        .WithDescription("Blocks a card for good, as lost, stolen, fraud or closed. Blocking again changes nothing, not even the reason.");
}
