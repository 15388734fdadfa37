using FluentValidation;
using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>Puts members into a segment. Each is decided by itself, and all are committed together.</summary>
internal sealed record AssignSegment(string Segment, IReadOnlyList<Guid> Members) : ICommand<AssignedSegment>;

internal sealed record AssignedSegment(string Segment, IReadOnlyList<SegmentResult> Results);

/// <summary>What became of one member.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Result"><c>accepted</c>, or the code of the refusal: <c>member-unknown</c>, <c>too-many-segments</c>.</param>
internal sealed record SegmentResult(Guid MemberId, string Result);

internal sealed class AssignSegmentValidator : AbstractValidator<AssignSegment>
{
    private const int MostMembers = 1_000;

    public AssignSegmentValidator()
    {
        RuleFor(c => c.Segment).IsSegment();
        RuleFor(c => c.Members).Must(members => members.Count is >= 1 and <= MostMembers).OverridePropertyName("members")
            .WithMessage($"Name 1 to {MostMembers} members at once.");
    }
}

internal sealed class AssignSegmentHandler(Session session, TimeProvider clock) : IRequestHandler<AssignSegment, Outcome<AssignedSegment>>
{
    public async Task<Outcome<AssignedSegment>> Handle(AssignSegment request, CancellationToken cancellationToken)
    {
        var (streams, now) = (await session.FetchForWriting<Member>(request.Members, cancellationToken), clock.GetUtcNow());
        return new AssignedSegment(request.Segment, [.. request.Members.Distinct().Select(member => new SegmentResult(member, Assign(streams[member])))]);

        string Assign(EventStream<Member> stream)
        {
            var decision = stream.State.Assign(request.Segment, now);
            if (decision is Decision<IMemberEvent>.Refused refused)
                return refused.Refusal.Code;
            session.Append(stream, decision, _ => 0);
            return "accepted";
        }
    }
}

internal sealed record AssignSegmentRequest(IReadOnlyList<Guid> Members);

internal static class AssigningSegments
{
    public static void MapAssignSegment(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/segments/{segment}/members", async (string segment, AssignSegmentRequest body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new AssignSegment(segment, body.Members), ct)).ToHttp())
        .RequireScope(Scope.ManageCustomers)
        .Produces<AssignedSegment>()
        .WithSummary("Put many members into a segment")
        .WithDescription("Takes up to 1,000 ids of members and answers for each, in the order of the ids: accepted, member-unknown, or " +
            "too-many-segments. An id that is named twice is answered once. Members who are in the segment already stay there, so the " +
            "same request can be sent again.");
}
