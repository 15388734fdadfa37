using System.Globalization;
using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Clearing;

internal sealed record PublishClearingCalendar(
    Cadence Cadence, string TimeZone, string CutOff = "00:00", int GraceDays = 0, DateTimeOffset? EffectiveFrom = null) : ICommand<MadeCalendarVersion>;

/// <summary>A version of the calendar.</summary>
/// <param name="CutOff">The time of day at which cycles end on their last day; 00:00 is the midnight after it.</param>
/// <param name="From">The end of a cycle from which it holds; null: from the beginning.</param>
internal sealed record MadeCalendarVersion(
    int Version, Cadence Cadence, string TimeZone, string CutOff, int GraceDays, DateTimeOffset? From, DateTimeOffset PublishedAt)
{
    /// <summary>Whether this request made it.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static MadeCalendarVersion Of(ClearingCalendarPublished p) =>
        new(p.Version, p.Cadence, p.TimeZone, p.CutOff.ToString("HH:mm", CultureInfo.InvariantCulture), p.GraceDays, p.From, p.PublishedAt);
}

internal sealed class PublishClearingCalendarRules : AbstractValidator<PublishClearingCalendar>
{
    private const int MostGraceDays = 31;

    public PublishClearingCalendarRules()
    {
        RuleFor(c => c.TimeZone).Must(TimeZones.IsKnown).WithMessage(TimeZones.Sentence);
        RuleFor(c => c.CutOff).Matches(@"\A([01][0-9]|2[0-3]):[0-5][0-9]\z").WithMessage("A cut-off is a time of day such as 18:00; 00:00 is the midnight after the last day.");
        RuleFor(c => c.GraceDays).InclusiveBetween(0, MostGraceDays).WithMessage($"There are 0 to {MostGraceDays} days of grace.");
    }
}

internal sealed class PublishClearingCalendarHandler(Session session, ClearingReader reader, TimeProvider clock)
    : IRequestHandler<PublishClearingCalendar, Outcome<MadeCalendarVersion>>
{
    public async Task<Outcome<MadeCalendarVersion>> Handle(PublishClearingCalendar request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<ClearingCalendar>(ClearingCalendar.Stream, cancellationToken);
        var rules = new CalendarRules(request.Cadence, request.TimeZone, TimeOnly.ParseExact(request.CutOff, "HH:mm", CultureInfo.InvariantCulture), request.GraceDays);
        var decision = stream.State.Publish(rules, request.EffectiveFrom, await reader.AnythingSettled(cancellationToken), clock.GetUtcNow());
        return session.Append(stream, decision, after =>
            MadeCalendarVersion.Of(after.Versions[^1]) with { IsNew = decision is Decision<ClearingCalendarPublished>.Accepted { Events.Count: > 0 } });
    }
}

internal static class PublishingCalendars
{
    public static void MapPublishClearingCalendar(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/clearing/calendar", async (PublishClearingCalendar body, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(body, ct)).ToHttp(
                version => version.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK,
                version => version.IsNew ? "/v1/clearing/calendar" : null))
        .RequireScope("clearing.manage")
        .Produces<MadeCalendarVersion>(StatusCodes.Status201Created)
        .Produces<MadeCalendarVersion>()
        .WithSummary("Publish the clearing calendar")
        .WithDescription("Says how long clearing cycles run (daily, weekly or monthly), in which time zone and until what time of their last day, and for how many days "
            + "after that their postings are collected. It takes over at the end of the cycle that runs at effectiveFrom, or runs now, so that no cycle is torn apart; "
            + "as long as nothing has been settled, it holds from the beginning. Without any, cycles are months in UTC without days of grace. "
            + "The calendar that holds changes nothing when it is sent again, and answers 200.");
}
