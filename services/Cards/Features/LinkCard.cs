using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Cards.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Cards.Features;

/// <summary>Gives an active card to a member, for good.</summary>
internal sealed record LinkCard(string Card, MemberId Member) : ICommand<CardView>;

internal sealed class LinkCardHandler(CardDecision decision, KnownMembers members, Session session, TimeProvider clock)
    : IRequestHandler<LinkCard, Outcome<CardView>>
{
    public async Task<Outcome<CardView>> Handle(LinkCard request, CancellationToken cancellationToken)
    {
        var membership = await members.Find(request.Member, cancellationToken);
        return await decision.Take(request.Card, Decide, cancellationToken);

        Decision<ICardEvent> Decide(Card card)
        {
            var linking = membership switch
            {
                Membership.Unknown => Refusals.MemberUnknown,
                Membership.Erased => Refusals.MemberErased,
                _ => card.Link(request.Member, clock.GetUtcNow()),
            };
            if (linking is Decision<ICardEvent>.Accepted { Events.Count: > 0 })
                session.Enlist(PrintedCards.Link(card.Id, request.Member));
            return linking;
        }
    }
}

internal sealed record LinkCardRequest(MemberId MemberId);

internal static class LinkingCards
{
    public static void MapLinkCard(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/cards/{card}/link", async (string card, LinkCardRequest body, IMediator mediator, CancellationToken ct) => (await mediator.Send(new LinkCard(card, body.MemberId), ct)).ToHttp())
        .RequireScope(Scope.ManageCards)
        .Produces<CardView>()
        .WithSummary("Link a card to a member")
        .WithDescription("Gives an active card to a member, for good. A member who has just enrolled may not be known here yet (member-unknown): try again in a moment.");
}
