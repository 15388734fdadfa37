using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>A second operator agrees with what was proposed about a difference, or does not.</summary>
/// <param name="Checker">The operator's client.</param>
internal sealed record DecideOnItem(Guid Reconciliation, int Item, bool Approved, string Checker) : ICommand<ItemShown>;

internal sealed class DecideOnItemHandler(ItemDesk desk, TimeProvider clock) : IRequestHandler<DecideOnItem, Outcome<ItemShown>>
{
    public Task<Outcome<ItemShown>> Handle(DecideOnItem request, CancellationToken cancellationToken) => desk.Decide(
        request.Reconciliation, request.Item,
        (item, _) => request.Approved
            ? item.Approve(request.Checker, clock.GetUtcNow(), correction: Guid.CreateVersion7())
            : item.Reject(request.Checker, clock.GetUtcNow()),
        cancellationToken);
}

internal static class DecidingOnItems
{
    public static void MapDecideOnItem(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/reconciliations/{id:guid}/items/{item:int}/approval", (Guid id, int item, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, item, Approved: true, http.Caller().ClientId), mediator, ct))
            .RequireScope("reconciliation.decide")
            .Produces<ItemShown>()
            .WithSummary("Approve the decision on an item")
            .WithDescription("It holds for ever. A correction goes to the ledger as a batch of one line, whose id is in the answer. Only another operator than the one who proposed it "
                + "may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/reconciliations/{id:guid}/items/{item:int}/rejection", (Guid id, int item, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(id, item, Approved: false, http.Caller().ClientId), mediator, ct))
            .RequireScope("reconciliation.decide")
            .Produces<ItemShown>()
            .WithSummary("Reject the decision on an item")
            .WithDescription("The item waits for another proposal. Only another operator than the one who proposed it may do so (same-person). Rejecting again changes nothing.");
    }

    private static async Task<IResult> Answer(DecideOnItem command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
