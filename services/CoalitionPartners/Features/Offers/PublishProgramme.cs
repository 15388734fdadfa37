using System.Text.Json;
using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.CoalitionPartners.Schemas;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.CoalitionPartners.Features.Offers;

internal sealed record PublishProgramme(DateTimeOffset EffectiveFrom, JsonElement Programme) : ICommand<MadeProgrammeVersion>;

/// <summary>A version of the programme.</summary>
/// <param name="Programme">The document as it was sent, its members in the order of the schema.</param>
internal sealed record MadeProgrammeVersion(int Version, DateTimeOffset EffectiveFrom, DateTimeOffset PublishedAt, JsonElement Programme)
{
    /// <summary>Whether this request made it.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static MadeProgrammeVersion Of(ProgrammePublished p) =>
        new(p.Version, p.EffectiveFrom, p.PublishedAt, PublishedSchemas.Programme.InOrder(p.Document));
}

internal sealed class PublishProgrammeRules : AbstractValidator<PublishProgramme>
{
    public PublishProgrammeRules() => RuleFor(c => c.Programme).Custom((document, context) =>
    {
        var programme = new Part(document);
        context.AddFaults(PublishedSchemas.Programme.Faults(programme).Concat(ProgrammeRules.Faults(programme)), at: "programme");
    });
}

internal sealed class PublishProgrammeHandler(Session session, TimeProvider clock) : IRequestHandler<PublishProgramme, Outcome<MadeProgrammeVersion>>
{
    public async Task<Outcome<MadeProgrammeVersion>> Handle(PublishProgramme request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Programme>(Programme.Stream, cancellationToken);
        var decision = stream.State.Publish(request.EffectiveFrom, request.Programme, clock.GetUtcNow());
        return session.Append(stream, decision, after =>
            MadeProgrammeVersion.Of(after.Current!) with { IsNew = decision is Decision<ProgrammeFact>.Accepted { Events.Count: > 0 } });
    }
}

internal static class PublishingProgrammes
{
    private const int BodyBytes = 1024 * 1024;

    private sealed record Body(DateTimeOffset EffectiveFrom, JsonElement Programme);

    public static void MapPublishProgramme(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/programme", async (Body body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new PublishProgramme(body.EffectiveFrom, body.Programme), ct)).ToHttp(
                version => version.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                version => version.IsNew ? "/v1/programme" : null))
        .RequireScope("offers.manage")
        .WithMetadata(new RequestSizeLimitAttribute(BodyBytes))
        .Produces<MadeProgrammeVersion>(StatusCodes.Status201Created)
        .Produces<MadeProgrammeVersion>()
        .WithSummary("Publish the programme")
        .WithDescription("Makes the document, written after the schema at /v1/schemas/programme, the programme's next version. It rates purchases made "
            + "from effectiveFrom on, and never alters points already earned. Only the first version may start in the past. What was published "
            + "last changes nothing when it is sent again, and answers 200. All faults are named at once, each by its path.");
}
