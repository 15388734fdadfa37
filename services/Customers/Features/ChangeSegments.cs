using FluentValidation;
using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>Puts one member into a segment, or takes the member out of it.</summary>
internal sealed record ChangeSegments(MemberId Member, string Segment, bool In) : ICommand<Standing>;

internal sealed class ChangeSegmentsValidator : AbstractValidator<ChangeSegments>
{
    public ChangeSegmentsValidator() => RuleFor(c => c.Segment).IsSegment();
}

internal sealed class ChangeSegmentsHandler(Session session, TimeProvider clock) : IRequestHandler<ChangeSegments, Outcome<Standing>>
{
    public async Task<Outcome<Standing>> Handle(ChangeSegments request, CancellationToken cancellationToken)
    {
        var (stream, now) = (await session.FetchForWriting<Member>(request.Member.Value, cancellationToken), clock.GetUtcNow());
        return session.Append(
            stream, request.In ? stream.State.Assign(request.Segment, now) : stream.State.Leave(request.Segment, now), Standing.Of);
    }
}

internal static class ChangingSegments
{
    private const string Address = "/v1/members/{memberId:guid}/segments/{segment}";

    public static void MapChangeSegments(this IEndpointRouteBuilder app)
    {
        app.MapPut(Address, (Guid memberId, string segment, IMediator mediator, CancellationToken ct) => Change(memberId, segment, isIn: true, mediator, ct))
            .RequireScope(Scope.ManageCustomers)
            .Produces<Standing>()
            .WithSummary("Put a member into a segment")
            .WithDescription("A segment is 1 to 40 characters of a-z, 0-9 and the dash, and comes to be by being named; a member is in at most 100. " +
                "The ledger is told. Asking again changes nothing.");
        app.MapDelete(Address, (Guid memberId, string segment, IMediator mediator, CancellationToken ct) => Change(memberId, segment, isIn: false, mediator, ct))
            .RequireScope(Scope.ManageCustomers)
            .Produces<Standing>()
            .WithSummary("Take a member out of a segment")
            .WithDescription("The ledger is told. Taking out a member who is not in the segment changes nothing.");
    }

    private static async Task<IResult> Change(Guid member, string segment, bool isIn, IMediator mediator, CancellationToken ct) =>
        (await mediator.Send(new ChangeSegments(new MemberId(member), segment, isIn), ct)).ToHttp();
}
