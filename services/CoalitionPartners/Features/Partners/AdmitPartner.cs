using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record AdmitPartner(string Code, string Name, string Currency, IReadOnlyList<Store> Stores) : ICommand<AdmittedPartner>;

internal sealed record AdmittedPartner(
    Guid PartnerId, string Code, string Name, string Currency, IReadOnlyList<Store> Stores, DateTimeOffset AdmittedAt);

internal sealed class AdmitPartnerRules : AbstractValidator<AdmitPartner>
{
    public const int MostStores = 1000;

    public AdmitPartnerRules()
    {
        RuleFor(c => c.Code).MustBePartnerCode();
        RuleFor(c => c.Name).MustBeName();
        RuleFor(c => c.Currency).MustBeCurrency();
        RuleFor(c => c.Stores).Must(stores => stores.Count <= MostStores)
            .WithMessage($"At most {MostStores} stores can be sent at once; open the others one by one afterwards.");
        RuleForEach(c => c.Stores).ChildRules(store =>
        {
            store.RuleFor(s => s.Code).MustBeStoreCode();
            store.RuleFor(s => s.Name).MustBeName();
            store.RuleFor(s => s.TimeZone).MustBeTimeZoneIfPresent();
        });
    }
}

internal sealed class AdmitPartnerHandler(Session session, TimeProvider clock) : IRequestHandler<AdmitPartner, Outcome<AdmittedPartner>>
{
    public async Task<Outcome<AdmittedPartner>> Handle(AdmitPartner request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(Partner.IdOf(request.Code).Value, cancellationToken);
        var decision = stream.State.Admit(request.Code, request.Name, Currency.From(request.Currency), request.Stores, clock.GetUtcNow());
        return session.Append(stream, decision, partner => Answer(partner.Admission!));
    }

    private static AdmittedPartner Answer(PartnerAdmitted a) => new(a.Partner.Value, a.Code, a.Name, a.Currency.Code, a.Stores, a.AdmittedAt);
}

internal static class AdmittingPartners
{
    // A thousand stores with long names of four bytes a letter, and then some.
    private const int BodyBytes = 1024 * 1024;

    public static void MapAdmitPartner(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners", async (AdmitPartner command, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(command, ct)).ToHttp(partner => $"/v1/partners/{partner.PartnerId}"))
        .RequireScope("partners.manage")
        .WithMetadata(new RequestSizeLimitAttribute(BodyBytes))
        .Produces<AdmittedPartner>(StatusCodes.Status201Created)
        .WithSummary("Admit a partner")
        .WithDescription("Admits a partner with its currency and its first stores. The code is the partner's identity: the same request again "
            + "answers the same, the same code with other content is refused as partner-differs.");
}
