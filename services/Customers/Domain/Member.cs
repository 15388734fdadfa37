using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.Customers.Domain;

// The facts of one member. Their names and members are storage format: see Storage/StoredEvents.cs.
internal interface IMemberEvent;

/// <summary>A fact after which others are told what rules may know of the member.</summary>
internal interface IProfileFact : IMemberEvent
{
    DateTimeOffset ChangedAt { get; }
}

internal sealed record CustomerEnrolled(SealedProfile Profile, string? Privilege, DateTimeOffset EnrolledAt) : IMemberEvent;

internal sealed record ConsentChanged(string Channel, bool Granted, DateTimeOffset ChangedAt) : IMemberEvent;

internal sealed record ProfileTold(DateTimeOffset ChangedAt) : IProfileFact;

internal sealed record PrivilegeChanged(string? Privilege, DateTimeOffset ChangedAt) : IProfileFact;

internal sealed record SegmentAssigned(string Segment, DateTimeOffset ChangedAt) : IProfileFact;

internal sealed record SegmentLeft(string Segment, DateTimeOffset ChangedAt) : IProfileFact;

internal sealed record BirthdayCorrected(SealedProfile Profile, DateTimeOffset ChangedAt) : IProfileFact;

internal sealed record CustomerErased(DateTimeOffset ErasedAt) : IMemberEvent;

/// <summary>Personal data as a fact may carry it: readable only with the member's own key, which erasure destroys.</summary>
/// <param name="Algorithm"><c>A256GCM</c>: AES-256 in Galois/Counter Mode, bound to the member's id.</param>
/// <param name="Nonce">96 random bits, in base64.</param>
/// <param name="Ciphertext">The profile's JSON, encrypted, followed by its 128-bit tag, in base64.</param>
internal sealed record SealedProfile(string Algorithm, string Nonce, string Ciphertext);

/// <summary>A member of the programme, from enrolment to erasure.</summary>
internal sealed record Member(
    MemberId Id,
    SealedProfile? Profile,
    string? Privilege,
    ImmutableSortedSet<string> Segments,
    ImmutableSortedDictionary<string, bool> Consents,
    DateTimeOffset? EnrolledAt,
    DateTimeOffset? ErasedAt) : IAggregate<Member>
{
    public static string Alias => "member";

    /// <summary>Whether there is somebody to serve: enrolled and not erased.</summary>
    public bool Exists => EnrolledAt is not null && ErasedAt is null;

    public static Member Initial(Guid streamId) => new(
        new MemberId(streamId), Profile: null, Privilege: null, ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal), EnrolledAt: null, ErasedAt: null);

    public Member When(object @event) => @event switch
    {
        CustomerEnrolled e => this with { Profile = e.Profile, Privilege = e.Privilege, EnrolledAt = e.EnrolledAt },
        ConsentChanged e => this with { Consents = Consents.SetItem(e.Channel, e.Granted) },
        ProfileTold => this,
        PrivilegeChanged e => this with { Privilege = e.Privilege },
        SegmentAssigned e => this with { Segments = Segments.Add(e.Segment) },
        SegmentLeft e => this with { Segments = Segments.Remove(e.Segment) },
        BirthdayCorrected e => this with { Profile = e.Profile },
        CustomerErased e => this with { Profile = null, ErasedAt = e.ErasedAt },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a member."),
    };

    /// <summary>Enrols; rules are told of a member there is something to know of.</summary>
    public Decision<IMemberEvent> Enrol(
        SealedProfile profile, bool hasBirthday, string? privilege, IEnumerable<Consent> consents, DateTimeOffset at) =>
        EnrolledAt is not null
            ? Refusals.AlreadyEnrolled
            : Decision<IMemberEvent>.Accept(
            [
                new CustomerEnrolled(profile, privilege, at),
                .. consents.Select(consent => new ConsentChanged(consent.Channel, consent.Granted, at)),
                .. hasBirthday || privilege is not null ? new[] { new ProfileTold(at) } : [],
            ]);

    public Decision<IMemberEvent> ChangePrivilege(string? privilege, DateTimeOffset at) =>
        !Exists ? Refusals.MemberUnknown
        : privilege == Privilege ? Decision<IMemberEvent>.Accept()
        : Decision<IMemberEvent>.Accept(new PrivilegeChanged(privilege, at));

    public Decision<IMemberEvent> Assign(string segment, DateTimeOffset at) =>
        !Exists ? Refusals.MemberUnknown
        : Segments.Contains(segment) ? Decision<IMemberEvent>.Accept()
        : Segments.Count >= Questionnaire.MostSegments ? Refusals.TooManySegments
        : Decision<IMemberEvent>.Accept(new SegmentAssigned(segment, at));

    public Decision<IMemberEvent> Leave(string segment, DateTimeOffset at) =>
        !Exists ? Refusals.MemberUnknown
        : !Segments.Contains(segment) ? Decision<IMemberEvent>.Accept()
        : Decision<IMemberEvent>.Accept(new SegmentLeft(segment, at));

    /// <summary>Takes a profile with another birthday. Only who has the member's key can tell that it is another.</summary>
    public Decision<IMemberEvent> CorrectBirthday(SealedProfile profile, DateTimeOffset at) =>
        Exists ? Decision<IMemberEvent>.Accept(new BirthdayCorrected(profile, at)) : Refusals.MemberUnknown;

    /// <summary>Erases; once more changes nothing, so that a repeated request learns that it is done.</summary>
    public Decision<IMemberEvent> Erase(DateTimeOffset at) =>
        EnrolledAt is null ? Refusals.MemberUnknown
        : ErasedAt is not null ? Decision<IMemberEvent>.Accept()
        : Decision<IMemberEvent>.Accept(new CustomerErased(at));
}
