using FluentValidation;
using Loyalty.Cards.Domain;
using Loyalty.Cards.Storage;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Cards.Features;

/// <summary>Defines a card product. Its code makes it happen once: the same definition again changes nothing.</summary>
internal sealed record DefineCardProduct(string Code, string Name, string Kind, string IssuerPrefix, int NumberLength) : ICommand<DefinedCardProduct>;

internal sealed record DefinedCardProduct(string Code, string Name, string Kind, string IssuerPrefix, int NumberLength, DateTimeOffset DefinedAt);

internal sealed class DefineCardProductValidator : AbstractValidator<DefineCardProduct>
{
    public DefineCardProductValidator()
    {
        RuleFor(c => c.Code).Matches(@"\A[A-Za-z0-9_-]{1,32}\z").WithMessage("A code has 1 to 32 characters of A-Z a-z 0-9 _ -");
        RuleFor(c => c.Name).Must(name => !string.IsNullOrWhiteSpace(name) && name.Length <= 100 && !name.Any(char.IsControl))
            .WithMessage("A name has 1 to 100 characters, none of them a control character.");
        RuleFor(c => c.Kind).Must(kind => CardProduct.Kinds.Contains(kind)).WithMessage($"A kind is one of {string.Join(", ", CardProduct.Kinds)}.");
        RuleFor(c => c.IssuerPrefix).Matches(@"\A[0-9]{1,10}\z").WithMessage("An issuer prefix has 1 to 10 digits; an issuer identification number has 8, older ones 6.");
        RuleFor(c => c.NumberLength).InclusiveBetween(CardNumber.MinLength, CardNumber.MaxLength)
            .WithMessage($"A card number has {CardNumber.MinLength} to {CardNumber.MaxLength} digits.");
    }
}

internal sealed class DefineCardProductHandler(Session session, NumberRuns runs, TimeProvider clock)
    : IRequestHandler<DefineCardProduct, Outcome<DefinedCardProduct>>
{
    public async Task<Outcome<DefinedCardProduct>> Handle(DefineCardProduct request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<CardProduct>(CardProduct.IdOf(request.Code), cancellationToken);
        var decision = stream.State.Define(
            new(request.Code, request.Name, request.Kind, request.IssuerPrefix, request.NumberLength, clock.GetUtcNow()));
        if (decision is Decision<CardProductDefined>.Accepted { Events.Count: > 0 })
        {
            var bodyDigits = request.NumberLength - request.IssuerPrefix.Length - 1;
            if (await runs.Overlaps(request.IssuerPrefix, bodyDigits, cancellationToken))
                return Refusals.IssuerPrefixTaken;
            session.Enlist(NumberRuns.Open(NumberRuns.OfProduct(request.Code), request.IssuerPrefix, bodyDigits));
        }

        return session.Append(stream, decision, product => product.Definition is { } d
            ? new DefinedCardProduct(d.Code, d.Name, d.Kind, d.IssuerPrefix, d.NumberLength, d.DefinedAt)
            : throw new InvalidOperationException("A product that was just defined has a definition."));
    }
}

internal static class DefiningCardProducts
{
    public static void MapDefineCardProduct(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/card-products", async (DefineCardProduct body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(body, ct)).ToHttp(status: StatusCodes.Status201Created))
        .RequireScope(Scope.ManageCards)
        .Produces<DefinedCardProduct>(StatusCodes.Status201Created)
        .WithSummary("Define a card product")
        .WithDescription("A kind of card (private or corporate) with numbers of its own: all those of one length under an issuer prefix. " +
            "The same definition again changes nothing; another one under the same code is refused as product-differs.");
}
