using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Features.Clients;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record ShownPartner(
    Guid PartnerId, string Code, string Name, string Currency, DateTimeOffset AdmittedAt,
    IEnumerable<ShownStore> Stores, IEnumerable<MadeAgreement> Agreements, IEnumerable<ShownApiClient> Clients);

internal static class ShowPartner
{
    public static void MapShowPartner(this IEndpointRouteBuilder app) => app
        .MapGet("/v1/partners/{partnerId:guid}", async (Guid partnerId, HttpContext http, DocumentStore store, CancellationToken ct) =>
            http.Caller().Partner is { } own && own.Value != partnerId ? Problem.NotFound()
            : await store.Load<Partner>(partnerId, ct) is { State: { Admission: { } admission } partner } ? TypedResults.Ok(Shown(partner, admission))
            : (IResult)Problem.NotFound())
        .RequireScope("partners.manage", "settlement.read")
        .Produces<ShownPartner>()
        .WithSummary("Show a partner")
        .WithDescription("Its stores, closed ones included, all agreements ever made and its API clients, with when their secrets and keys were issued and end, without the secrets. A partner's own client sees its partner only; "
            + "any other looks like one that doesn't exist.");

    private static ShownPartner Shown(Partner partner, PartnerAdmitted admission) => new(
        partner.Id.Value, admission.Code, admission.Name, admission.Currency.Code, admission.AdmittedAt,
        partner.Stores().Select(store => ShownStore.Of(partner, store)),
        partner.Agreements.Select(a => MadeAgreement.Of(partner.Id.Value, a)),
        partner.Clients.Select(ShownApiClient.Of));
}
