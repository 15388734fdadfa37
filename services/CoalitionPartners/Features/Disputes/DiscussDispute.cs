using FluentValidation;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Disputes;

/// <summary>What can be done in a dispute without deciding it.</summary>
internal enum DisputeStep
{
    Answer,
    Reply,
    Withdraw,
}

/// <summary>An operator answers, or the partner replies or lets it go.</summary>
/// <param name="Partner">The partner that asks; null for an operator.</param>
/// <param name="Text">What is said; nothing when it is withdrawn.</param>
internal sealed record DiscussDispute(Guid DisputeId, DisputeStep Step, PartnerId? Partner, string? Text, string By) : ICommand<ShownDispute>;

internal sealed class DiscussDisputeRules : AbstractValidator<DiscussDispute>
{
    public DiscussDisputeRules() => RuleFor(c => c.Text!).MustBeSentence().When(c => c.Text is not null);
}

internal sealed class DiscussDisputeHandler(Session session, TimeProvider clock) : IRequestHandler<DiscussDispute, Outcome<ShownDispute>>
{
    public async Task<Outcome<ShownDispute>> Handle(DiscussDispute request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Dispute>(Dispute.StreamOf(request.DisputeId), cancellationToken);
        if (request.Partner is { } partner && stream.State.Opening?.Partner != partner)
            return DisputeRefusals.Unknown;
        var now = clock.GetUtcNow();
        var decision = request.Step switch
        {
            DisputeStep.Answer => stream.State.Answer(request.Text!, request.By, now),
            DisputeStep.Reply => stream.State.Reply(request.Text!, request.By, now),
            _ => stream.State.Withdraw(request.By, now),
        };
        return session.Append(stream, decision, after => ShownDispute.Of(after, request.Partner is null));
    }
}

internal static class DiscussingDisputes
{
    private sealed record Body(string Text);

    public static void MapDiscussDispute(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/clearing/disputes/{disputeId:guid}/answer", (Guid disputeId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Tell(new(disputeId, DisputeStep.Answer, null, body.Text, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownDispute>()
            .WithSummary("Answer a dispute")
            .WithDescription("The coalition's answer to the partner. Only a dispute that was answered can be decided. There may be several answers; the same twice in a row is one.");

        app.MapPost("/v1/clearing/disputes/{disputeId:guid}/reply", (Guid disputeId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Tell(new(disputeId, DisputeStep.Reply, http.Partner(), body.Text, http.Caller().ClientId), mediator, ct))
            .RequireScope("settlement.dispute")
            .Produces<ShownDispute>()
            .WithSummary("Reply in a dispute")
            .WithDescription("What the partner says to an answer (dispute-not-answered before there is one). The same twice in a row is one.");

        app.MapPost("/v1/clearing/disputes/{disputeId:guid}/withdrawal", (Guid disputeId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Tell(new(disputeId, DisputeStep.Withdraw, http.Partner(), null, http.Caller().ClientId), mediator, ct))
            .RequireScope("settlement.dispute")
            .Produces<ShownDispute>()
            .WithSummary("Withdraw a dispute")
            .WithDescription("The partner lets it go, as long as it is not decided. Withdrawing again changes nothing; the line may be disputed again.");
    }

    private static async Task<IResult> Tell(DiscussDispute command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
