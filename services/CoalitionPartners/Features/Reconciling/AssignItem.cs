using FluentValidation;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Reconciling;

/// <summary>An operator says who looks into an item.</summary>
/// <param name="Owner">That operator's client.</param>
/// <param name="By">Who says so.</param>
internal sealed record AssignItem(Guid Reconciliation, int Item, string Owner, string By) : ICommand<ItemShown>;

internal sealed class AssignItemRules : AbstractValidator<AssignItem>
{
    public AssignItemRules() => RuleFor(c => c.Owner).MustBeClientName();
}

internal sealed class AssignItemHandler(ItemDesk desk, TimeProvider clock) : IRequestHandler<AssignItem, Outcome<ItemShown>>
{
    public Task<Outcome<ItemShown>> Handle(AssignItem request, CancellationToken cancellationToken) => desk.Decide(
        request.Reconciliation, request.Item, (item, found) => item.Assign(found, request.Owner, request.By, clock.GetUtcNow()), cancellationToken);
}

internal static class AssigningItems
{
    private sealed record Body(string Owner);

    public static void MapAssignItem(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/reconciliations/{id:guid}/items/{item:int}/assignment", async (Guid id, int item, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new AssignItem(id, item, body.Owner, http.Caller().ClientId), ct)).ToHttp())
        .RequireScope("reconciliation.decide")
        .Produces<ItemShown>()
        .WithSummary("Assign an item of a reconciliation")
        .WithDescription("Says which operator's client looks into the difference. It may be assigned again until it is decided (item-decided). The same owner again changes nothing.");
}
