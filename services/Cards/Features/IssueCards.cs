using FluentValidation;
using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Cards.Features;

/// <summary>Issues cards of a product, before anybody holds them.</summary>
internal sealed record IssueCards(Guid Scope, string Key, string Product, int Count) : ICommand<IssuedCards>, IExactlyOnce;

internal sealed record IssuedCards(IReadOnlyList<IssuedCard> Cards);

internal sealed record IssuedCard(Guid CardId, string Number, string Barcode, string Status);

internal sealed class IssueCardsValidator : AbstractValidator<IssueCards>
{
    private const int MostAtOnce = 1000;

    public IssueCardsValidator() =>
        RuleFor(c => c.Count).InclusiveBetween(1, MostAtOnce).WithMessage($"Ask for 1 to {MostAtOnce} cards at once.");
}

internal sealed class IssueCardsHandler(Session session, DocumentStore store, NumberRuns runs, TimeProvider clock)
    : IRequestHandler<IssueCards, Outcome<IssuedCards>>
{
    public async Task<Outcome<IssuedCards>> Handle(IssueCards request, CancellationToken cancellationToken)
    {
        // Neither refusal is for ever: a product may be defined, and fewer cards may fit.
        var product = await store.AggregateStream<CardProduct>(CardProduct.IdOf(request.Product), ct: cancellationToken);
        if (product is null)
            return new Outcome<IssuedCards>.Refused(Refusals.ProductUnknown, Remember: false);
        var numbers = await runs.Take(NumberRuns.OfProduct(request.Product), request.Count, cancellationToken);
        if (numbers is null || await runs.Take(NumberRuns.Barcodes, request.Count, cancellationToken) is not { } barcodes)
            return new Outcome<IssuedCards>.Refused(Refusals.NumbersExhausted, Remember: false);

        var now = clock.GetUtcNow();
        var cards = numbers.Zip(barcodes, (number, barcode) =>
            (Id: new CardId(Guid.CreateVersion7()), Number: CardNumber.From(number), Barcode: Barcode.From(barcode))).ToList();
        foreach (var card in cards)
        {
            session.Append(
                new EventStream<Card>(card.Id.Value, Card.Initial(card.Id.Value), Version: 0), [Card.Issue(card.Number, card.Barcode, request.Product, now)]);
        }

        session.Enlist(PrintedCards.Add(cards));
        return new IssuedCards([.. cards.Select(c => new IssuedCard(c.Id.Value, c.Number.Digits, c.Barcode.Digits, "issued"))]);
    }
}

internal sealed record IssueCardsRequest(string Product, int Count = 1);

internal static class IssuingCards
{
    public static void MapIssueCards(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/cards", async (IssueCardsRequest body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new IssueCards(http.Caller().KeySpace, http.RequiredKey().Value, body.Product, body.Count), ct))
                .ToHttp(status: StatusCodes.Status201Created))
        .RequireScope(Scope.ManageCards)
        .WithIdempotencyKey(required: true)
        .Produces<IssuedCards>(StatusCodes.Status201Created)
        .WithSummary("Issue cards")
        .WithDescription("Up to 1,000 new cards of a product, each with a number (ISO/IEC 7812) and a barcode (EAN-13), before anybody holds them. " +
            "Needs an Idempotency-Key; the same request under the same key gets the same cards.");
}
