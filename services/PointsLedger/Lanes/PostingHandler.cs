using Loyalty.Commands;
using MediatR;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>Hands a posting to its lane, in the name of whoever asks within this scope.</summary>
internal abstract class PostingHandler<TCommand, TAnswer>(PostingLanes lanes, CurrentOrigin origin) : IRequestHandler<TCommand, Outcome<TAnswer>>
    where TCommand : IPosting<TAnswer>
{
    public Task<Outcome<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken) => lanes.Post(request, origin.Origin, cancellationToken);
}
