using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.CoalitionPartners.Schemas;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal sealed record PublishOffer(string Id, JsonElement Document) : ICommand<MadeOfferVersion>;

/// <summary>A version of an offer.</summary>
/// <param name="Withdrawn">Whether this version is the withdrawal of the one before.</param>
/// <param name="Offer">The document as it was sent, its members in the order of the schema.</param>
internal sealed record MadeOfferVersion(string Id, int Version, DateTimeOffset PublishedAt, bool Withdrawn, JsonElement Offer)
{
    /// <summary>Whether this request made it.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static MadeOfferVersion Of(string id, OfferVersion v) =>
        new(id, v.Version, v.PublishedAt, v.Withdrawn, PublishedSchemas.Offer.InOrder(v.Document));
}

internal sealed class PublishOfferRules : AbstractValidator<PublishOffer>
{
    public PublishOfferRules() => RuleFor(c => c.Document).Custom((document, context) =>
    {
        var offer = new Part(document);
        context.AddFaults(PublishedSchemas.Offer.Faults(offer).Concat(OfferRules.Faults(offer)));
        if (offer["id"].Text is { } id && id != context.InstanceToValidate.Id)
            context.AddFaults([offer["id"].Fault("The address names another offer. Send the document to the address of its own id.")]);
    });
}

internal sealed class PublishOfferHandler(Session session, TimeProvider clock) : IRequestHandler<PublishOffer, Outcome<MadeOfferVersion>>
{
    public async Task<Outcome<MadeOfferVersion>> Handle(PublishOffer request, CancellationToken cancellationToken)
    {
        var offer = new Part(request.Document);
        var partners = await session.FetchForWriting<Partner>(OfferRules.Partners(offer).Select(p => p.Id!.Value), cancellationToken);
        var strangers = OfferRules.Strangers(offer, partners.ToDictionary(p => p.Key, p => p.Value.State)).ToList();
        if (strangers.Count > 0)
            return new Outcome<MadeOfferVersion>.Invalid([.. strangers.Select(DocumentFaults.AsFault)]);

        var stream = await session.FetchForWriting<Offer>(Offer.StreamOf(request.Id), cancellationToken);
        var decision = stream.State.Publish(request.Id, request.Document, clock.GetUtcNow());
        return session.Append(stream, decision, after =>
            MadeOfferVersion.Of(request.Id, after.Current!) with { IsNew = decision is Decision<OfferFact>.Accepted { Events.Count: > 0 } });
    }
}

internal static class PublishingOffers
{
    // Some lists of a thousand ids each.
    private const int BodyBytes = 1024 * 1024;

    public static void MapPublishOffer(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/offers/{id}", async (string id, JsonElement document, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new PublishOffer(id, document), ct)).ToHttp(
                version => version.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                version => version.IsNew ? $"/v1/offers/{version.Id}" : null))
        .RequireScope("offers.manage")
        .WithMetadata(new RequestSizeLimitAttribute(BodyBytes))
        .Produces<MadeOfferVersion>(StatusCodes.Status201Created)
        .Produces<MadeOfferVersion>()
        .WithSummary("Publish an offer")
        .WithDescription("Makes the document, written after the schema at /v1/schemas/offer, the offer's next version. It rates purchases made from "
            + "now on. The document that holds already changes nothing and answers 200 with its version. All faults are named at once, each by "
            + "its path in the document.");
}
