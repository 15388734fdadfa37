using FluentValidation;
using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>Corrects a member's birthday, or forgets it.</summary>
internal sealed record CorrectBirthday(MemberId Member, DateOnly? Birthday) : ICommand<CorrectedBirthday>
{
    // A record prints its members, and what is printed ends up in logs.
    public override string ToString() => $"birthday of member {Member}";
}

internal sealed record CorrectedBirthday(Guid MemberId, DateOnly? Birthday)
{
    public override string ToString() => $"birthday of member {MemberId}";
}

internal sealed class CorrectBirthdayValidator : AbstractValidator<CorrectBirthday>
{
    public CorrectBirthdayValidator(TimeProvider clock) => RuleFor(c => c.Birthday).IsBirthday(clock);
}

internal sealed class CorrectBirthdayHandler(Session session, MemberKeys keys, TimeProvider clock)
    : IRequestHandler<CorrectBirthday, Outcome<CorrectedBirthday>>
{
    public async Task<Outcome<CorrectedBirthday>> Handle(CorrectBirthday request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Member>(request.Member.Value, cancellationToken);
        if (stream.State is not { Exists: true, Profile: { } known } || await keys.Find(request.Member, cancellationToken) is not { } key)
            return Refusals.MemberUnknown;
        var profile = ProfileSeal.Open(known, request.Member, key);
        var decision = profile.Birthday == request.Birthday
            ? Decision<IMemberEvent>.Accept()
            : stream.State.CorrectBirthday(ProfileSeal.Seal(profile with { Birthday = request.Birthday }, request.Member, key), clock.GetUtcNow());
        return session.Append(stream, decision, _ => new CorrectedBirthday(request.Member.Value, request.Birthday));
    }
}

internal sealed record CorrectBirthdayRequest(DateOnly? Birthday)
{
    public override string ToString() => "(personal data)";
}

internal static class CorrectingBirthdays
{
    public static void MapCorrectBirthday(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/members/{memberId:guid}/birthday", async (
            Guid memberId, CorrectBirthdayRequest body, HttpContext http, IMediator mediator, CancellationToken ct) =>
        {
            http.Response.Headers.CacheControl = "no-store";
            return (await mediator.Send(new CorrectBirthday(new MemberId(memberId), body.Birthday), ct)).ToHttp();
        })
        .RequireScope(Scope.ManageCustomers)
        .Produces<CorrectedBirthday>()
        .WithSummary("Correct a member's birthday")
        .WithDescription("Takes the day a member was born, or null to forget it. The ledger is told the month and the day, for offers that " +
            "celebrate, and never the year. Asking again changes nothing.");
}
