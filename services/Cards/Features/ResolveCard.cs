using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Cards.Views;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.Cards.Features;

internal static class ResolvingCards
{
    public static void MapResolveCard(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/cards/{card}", Resolve)
        .RequireScope(Scope.ManageCards)
        .Produces<CardView>()
        .WithSummary("Resolve a card")
        .WithDescription("The card that a number or a barcode is printed on, its status and whose it is. A wrong check digit is told apart from an unknown card.");

    private static async Task<IResult> Resolve(string card, PrintedCards printed, DocumentStore store, CancellationToken ct)
    {
        if (PrintedCode.Refuse(card) is { } unreadable)
            return unreadable.ToHttp();
        return await printed.Find(card, ct) is { } id && await store.AggregateStream<Card>(id.Value, ct: ct) is { } found
            ? Results.Ok(CardView.Of(found))
            : Refusals.CardUnknown.ToHttp();
    }
}
