using System.Security.Cryptography;
using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Commands;
using Loyalty.Customers.Domain;
using Loyalty.Customers.Storage;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.Customers.Features;

/// <summary>
/// Enrols a member. The record of the request is kept for ever, so personal data is no part of it: a fingerprint that only this
/// service can make tells a repeat from another enrolment, and the answer names nobody.
/// </summary>
internal sealed record EnrolMember(
    Guid Scope, string Key, [property: JsonIgnore] Profile Profile, string Fingerprint, string? Privilege, IReadOnlyList<Consent> Consents)
    : ICommand<EnrolledMember>, IExactlyOnce;

internal sealed record EnrolledMember(Guid MemberId, DateTimeOffset EnrolledAt);

internal sealed class EnrolMemberValidator : AbstractValidator<EnrolMember>
{
    public EnrolMemberValidator(TimeProvider clock)
    {
        RuleFor(c => c.Profile.FirstName).Must(Questionnaire.IsName).OverridePropertyName("firstName").WithMessage(NameRule);
        RuleFor(c => c.Profile.LastName).Must(Questionnaire.IsName).OverridePropertyName("lastName").WithMessage(NameRule);
        RuleFor(c => c.Profile.Email).Must(email => email is null || Questionnaire.IsEmail(email)).OverridePropertyName("email")
            .WithMessage("Write an e-mail address such as ann@example.com, or leave it out.");
        RuleFor(c => c.Profile.Phone).Must(phone => phone is null || Questionnaire.IsPhone(phone)).OverridePropertyName("phone")
            .WithMessage("Write the phone number as E.164 does, such as +442071838750, or leave it out.");
        RuleFor(c => c.Profile.Birthday).IsBirthday(clock);
        RuleFor(c => c.Privilege).IsPrivilege();
        RuleFor(c => c.Consents).Must(consents => consents.All(c => Questionnaire.Channels.Contains(c.Channel))).OverridePropertyName("consents")
            .WithMessage($"A channel is one of {string.Join(", ", Questionnaire.Channels)}.");
        RuleFor(c => c.Consents).Must(consents => consents.DistinctBy(c => c.Channel, StringComparer.Ordinal).Count() == consents.Count)
            .OverridePropertyName("consents").WithMessage("Name each channel once.");
    }

    private const string NameRule = "A name has 1 to 100 characters, none of them a control character.";
}

internal sealed class EnrolMemberHandler(Session session, MemberKeys keys, TimeProvider clock) : IRequestHandler<EnrolMember, Outcome<EnrolledMember>>
{
    public Task<Outcome<EnrolledMember>> Handle(EnrolMember request, CancellationToken cancellationToken)
    {
        var id = new MemberId(Guid.CreateVersion7());
        var key = RandomNumberGenerator.GetBytes(Cipher.KeyBytes);
        var now = clock.GetUtcNow();
        var stream = new EventStream<Member>(id.Value, Member.Initial(id.Value), Version: 0);
        var decision = stream.State.Enrol(
            ProfileSeal.Seal(request.Profile, id, key), request.Profile.Birthday is not null, request.Privilege, request.Consents, now);
        session.Enlist(keys.Keep(id, key));
        return Task.FromResult(session.Append(stream, decision, _ => new EnrolledMember(id.Value, now)));
    }
}

/// <summary>The questionnaire as it is sent.</summary>
internal sealed record EnrolMemberRequest(
    string FirstName, string LastName, string? Email = null, string? Phone = null, DateOnly? Birthday = null, string? Privilege = null,
    IReadOnlyList<Consent>? Consents = null)
{
    // A record prints its members, and what is printed ends up in logs.
    public override string ToString() => "(personal data)";

    public EnrolMember ToCommand(Guid scope, string key, MasterKey master)
    {
        var profile = new Profile(FirstName, LastName, Email, Phone, Birthday);
        return new(scope, key, profile, master.Fingerprint(profile, scope, key), Privilege, Consents ?? []);
    }
}

internal static class EnrollingMembers
{
    public static void MapEnrolMember(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/members", async (EnrolMemberRequest body, HttpContext http, MasterKey master, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(body.ToCommand(http.Caller().KeySpace, http.RequiredKey().Value, master), ct)).ToHttp(e => $"/v1/members/{e.MemberId}"))
        .RequireScope(Scope.ManageCustomers)
        .WithIdempotencyKey(required: true)
        .Produces<EnrolledMember>(StatusCodes.Status201Created)
        .WithSummary("Enrol a member")
        .WithDescription("Takes the questionnaire: names, and optionally e-mail, phone (E.164), birthday, privilege and consents per channel. " +
            "Needs an Idempotency-Key; the same request under the same key enrols nobody twice. Personal data never leaves this service.");
}
