using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <summary>A second person agrees that a block is bought, and with that the partner owes for it; or disagrees.</summary>
/// <param name="Checker">Who decides.</param>
internal sealed record DecideOnBlock(Guid PartnerId, Guid BlockId, bool Approved, string Checker) : ICommand<BlockLine>;

internal sealed class DecideOnBlockHandler(Session session, TimeProvider clock) : IRequestHandler<DecideOnBlock, Outcome<BlockLine>>
{
    public async Task<Outcome<BlockLine>> Handle(DecideOnBlock request, CancellationToken cancellationToken)
    {
        var (id, now) = (new PartnerId(request.PartnerId), clock.GetUtcNow());
        var account = await session.FetchForWriting<PrepaidAccount>(PrepaidAccount.IdOf(id), cancellationToken);
        var decision = request.Approved
            ? account.State.Approve(id, request.BlockId, request.Checker, now)
            : account.State.Reject(id, request.BlockId, request.Checker, now);
        if (decision is Decision<PrepaidFact>.Accepted { Events: [BlockBought block] })
            await Settle(block, cancellationToken);
        return session.Append(account, decision, after => BlockLine.Of(after.Find(request.BlockId)!));
    }

    private async Task Settle(BlockBought block, CancellationToken ct)
    {
        var agreement = (await session.FetchForWriting<Partner>(block.Partner.Value, ct)).State.Agreed(block.AgreementVersion)!;
        var period = await session.FetchForWriting<SettlementPeriod>(SettlementPeriod.IdOf(block.Partner, Month.Of(block.BoughtAt), block.Currency), ct);
        if (period.State.Settle(PrepaidBlocks.Settled(block, agreement)) is Decision<SettlementFact>.Accepted { Events: var facts })
            session.Append(period, facts);
    }
}

internal static class DecidingOnBlocks
{
    public static void MapDecideOnBlock(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/partners/{partnerId:guid}/blocks/{blockId:guid}/approval", (Guid partnerId, Guid blockId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(partnerId, blockId, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("partners.approve")
            .Produces<BlockLine>()
            .WithSummary("Approve a prepaid block")
            .WithDescription("The block is bought at once, and owed for in this month's settlement. Only another person than the one who proposed it may do so. Approving again changes nothing.");

        app.MapPost("/v1/partners/{partnerId:guid}/blocks/{blockId:guid}/rejection", (Guid partnerId, Guid blockId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(partnerId, blockId, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("partners.approve")
            .Produces<BlockLine>()
            .WithSummary("Reject a prepaid block")
            .WithDescription("Nothing becomes of it. Only another person than the one who proposed it may do so. Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnBlock command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
