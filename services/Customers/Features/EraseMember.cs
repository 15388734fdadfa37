using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>Erases a member: what is personal becomes unreadable, what others must know is published.</summary>
internal sealed record EraseMember(MemberId Member) : ICommand<ErasedMember>;

internal sealed record ErasedMember(Guid MemberId, DateTimeOffset ErasedAt);

internal sealed class EraseMemberHandler(Session session, TimeProvider clock) : IRequestHandler<EraseMember, Outcome<ErasedMember>>
{
    public async Task<Outcome<ErasedMember>> Handle(EraseMember request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Member>(request.Member.Value, cancellationToken);
        session.Enlist(MemberKeys.Destroy(request.Member));
        return session.Append(
            stream, stream.State.Erase(clock.GetUtcNow()), erased => new ErasedMember(request.Member.Value, erased.ErasedAt!.Value));
    }
}

internal static class ErasingMembers
{
    public static void MapEraseMember(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/members/{memberId:guid}/erasure", async (Guid memberId, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new EraseMember(new MemberId(memberId)), ct)).ToHttp(status: StatusCodes.Status202Accepted))
        .RequireScope(Scope.ManageCustomers)
        .Produces<ErasedMember>(StatusCodes.Status202Accepted)
        .WithSummary("Erase a member")
        .WithDescription("Destroys the key of the member's personal data, for good; the other services are told and follow. " +
            "Asking again changes nothing and gets the same answer.");
}
