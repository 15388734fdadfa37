using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

internal sealed record MakeAgreement(
    Guid PartnerId, DateTimeOffset EffectiveFrom, ExactNumber PointsPerUnit, ExactNumber IssuePrice, ExactNumber RedeemPrice,
    AgreedConditions? Commercial) : ICommand<MadeAgreement>;

internal sealed record MadeAgreement(
    Guid PartnerId, int Version, DateTimeOffset EffectiveFrom, string Currency,
    decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice, DateTimeOffset AgreedAt, Commercial? Commercial)
{
    public static MadeAgreement Of(Guid partner, Agreement a) =>
        new(partner, a.Version, a.Terms.EffectiveFrom, a.Currency.Code, a.Terms.PointsPerUnit, a.Terms.IssuePrice, a.Terms.RedeemPrice, a.AgreedAt, a.Commercial);
}

/// <summary>Whether the numbers can be read exactly; what they may be is the domain's to say.</summary>
internal sealed class MakeAgreementRules : AbstractValidator<MakeAgreement>
{
    private const int Decimals = 12;
    private const long Most = 1_000_000;

    public MakeAgreementRules()
    {
        RuleFor(c => c.PointsPerUnit).MustBePositive(Decimals, Most, allowZero: true);
        RuleFor(c => c.IssuePrice).MustBePositive(Decimals, Most, allowZero: true);
        RuleFor(c => c.RedeemPrice).MustBePositive(Decimals, Most, allowZero: true);
        RuleFor(c => c.Commercial!).SetValidator(new AgreedConditionsRules()).When(c => c.Commercial is not null);
    }
}

internal sealed class MakeAgreementHandler(Session session, TimeProvider clock) : IRequestHandler<MakeAgreement, Outcome<MadeAgreement>>
{
    public async Task<Outcome<MadeAgreement>> Handle(MakeAgreement request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Partner>(request.PartnerId, cancellationToken);
        var terms = new Terms(request.EffectiveFrom, request.PointsPerUnit.Value, request.IssuePrice.Value, request.RedeemPrice.Value);
        // Of a partner that nobody admitted no currency is known, and nothing is agreed with it.
        var (commercial, refusal) = stream.State.Admission is { Currency: var currency } ? request.Commercial?.In(currency) ?? default : default;
        return refusal ?? session.Append(
            stream, stream.State.Agree(terms, clock.GetUtcNow(), commercial), partner => MadeAgreement.Of(request.PartnerId, partner.AgreedAlready(terms, commercial)!));
    }
}

internal static class MakingAgreements
{
    private sealed record Body(
        DateTimeOffset EffectiveFrom, ExactNumber PointsPerUnit, ExactNumber IssuePrice, ExactNumber RedeemPrice, AgreedConditions? Commercial = null);

    public static void MapMakeAgreement(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/partners/{partnerId:guid}/agreements", async (Guid partnerId, Body body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new MakeAgreement(partnerId, body.EffectiveFrom, body.PointsPerUnit, body.IssuePrice, body.RedeemPrice, body.Commercial), ct))
                .ToHttp(_ => $"/v1/partners/{partnerId}"))
        .RequireScope("partners.manage")
        .Produces<MadeAgreement>(StatusCodes.Status201Created)
        .WithSummary("Agree terms")
        .WithDescription("Records terms that hold from effectiveFrom on, until later terms take over: points per whole unit of the partner's "
            + "currency, what the partner pays per point issued and is paid per point accepted. Only the first agreement may start in the past. "
            + "Under commercial, all of it optional: funding is postpaid, prepaid in blocks, or split into a share of the price due at issue and the rest at redemption; "
            + "storePrices are prices of groups of stores; fees and the minimum are in units of the partner's currency; breakage says who keeps what was paid for points that "
            + "lapse, the coalition or the issuer; vat is in percent of what the coalition charges. Prepaid with whenEmpty refuse: a purchase whose points no block holds is refused at "
            + "the till with prepaid-block-empty. "
            + "The same terms again answer the same; what was posted before is never touched.");
}
