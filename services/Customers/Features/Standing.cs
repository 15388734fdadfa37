using FluentValidation;
using Loyalty.Customers.Domain;

namespace Loyalty.Customers.Features;

/// <summary>What rules may know of a member, but for the day they celebrate.</summary>
internal sealed record Standing(Guid MemberId, string? Privilege, IReadOnlyList<string> Segments)
{
    public static Standing Of(Member member) => new(member.Id.Value, member.Privilege, [.. member.Segments]);
}

internal static class Wording
{
    public static void IsSegment<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(Questionnaire.IsSegment).WithMessage("A segment is 1 to 40 characters of a-z, 0-9 and the dash.");

    public static void IsPrivilege<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(privilege => privilege is null || Questionnaire.Privileges.Contains(privilege)).OverridePropertyName("privilege")
            .WithMessage($"A privilege is one of {string.Join(", ", Questionnaire.Privileges)}, or null.");

    public static void IsBirthday<T>(this IRuleBuilder<T, DateOnly?> rule, TimeProvider clock) =>
        rule.Must(birthday => birthday is null || Questionnaire.IsBirthday(birthday.Value, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)))
            .OverridePropertyName("birthday").WithMessage("A birthday is neither in the future nor more than 130 years ago.");
}
