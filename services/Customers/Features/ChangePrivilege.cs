using FluentValidation;
using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>Gives a member a privilege, another one, or none.</summary>
internal sealed record ChangePrivilege(MemberId Member, string? Privilege) : ICommand<Standing>;

internal sealed class ChangePrivilegeValidator : AbstractValidator<ChangePrivilege>
{
    public ChangePrivilegeValidator() => RuleFor(c => c.Privilege).IsPrivilege();
}

internal sealed class ChangePrivilegeHandler(Session session, TimeProvider clock) : IRequestHandler<ChangePrivilege, Outcome<Standing>>
{
    public async Task<Outcome<Standing>> Handle(ChangePrivilege request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Member>(request.Member.Value, cancellationToken);
        return session.Append(stream, stream.State.ChangePrivilege(request.Privilege, clock.GetUtcNow()), Standing.Of);
    }
}

internal sealed record ChangePrivilegeRequest(string? Privilege);

internal static class ChangingPrivileges
{
    public static void MapChangePrivilege(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/members/{memberId:guid}/privilege", async (Guid memberId, ChangePrivilegeRequest body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new ChangePrivilege(new MemberId(memberId), body.Privilege), ct)).ToHttp())
        .RequireScope(Scope.ManageCustomers)
        .Produces<Standing>()
        .WithSummary("Change a member's privilege")
        .WithDescription("Gives the member a privilege that rules may favour (pensioner, student, large-family, staff), or takes it away with null. " +
            "The ledger is told. Asking again changes nothing.");
}
