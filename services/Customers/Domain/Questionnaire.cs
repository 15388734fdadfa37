using System.Text.RegularExpressions;

namespace Loyalty.Customers.Domain;

/// <summary>What a member tells about themselves: personal data, never written or sent in clear outside the answer to who may read it.</summary>
internal sealed record Profile(string FirstName, string LastName, string? Email, string? Phone, DateOnly? Birthday)
{
    // A record prints its members, and what is printed ends up in logs.
    public override string ToString() => "(personal data)";
}

/// <summary>Whether the member wants to hear from the programme over a channel.</summary>
internal sealed record Consent(string Channel, bool Granted);

/// <summary>What a questionnaire may say.</summary>
internal static partial class Questionnaire
{
    public const int LongestName = 100;
    public const int OldestAge = 130;
    public const int MostSegments = 100;

    /// <summary>Channels a member can consent to.</summary>
    public static readonly IReadOnlyList<string> Channels = ["email", "sms", "phone", "post", "push"];

    /// <summary>Categories of members that rules may favour.</summary>
    public static readonly IReadOnlyList<string> Privileges = ["pensioner", "student", "large-family", "staff"];

    /// <summary>1 to 100 characters, not blank, none of them a control character.</summary>
    public static bool IsName(string? text) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= LongestName && !text.Any(char.IsControl);

    /// <summary>Something before the @, a domain with a dot behind it, at most 254 characters; whether it exists only a message can tell.</summary>
    public static bool IsEmail(string text) => text.Length <= 254 && Email().IsMatch(text);

    /// <summary>E.164: a plus sign and up to fifteen digits, the first not 0.</summary>
    public static bool IsPhone(string text) => Phone().IsMatch(text);

    /// <summary>A day on which somebody who is alive today may have been born.</summary>
    public static bool IsBirthday(DateOnly birthday, DateOnly today) => birthday <= today && birthday >= today.AddYears(-OldestAge);

    [GeneratedRegex(@"\A[^\s@\p{C}""(),:;<>\[\]\\]{1,64}@([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]\z",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Email();

    /// <summary>1 to 40 characters of a-z, 0-9 and the dash.</summary>
    public static bool IsSegment(string text) =>
        text.Length is >= 1 and <= 40 && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    [GeneratedRegex(@"\A\+[1-9][0-9]{6,14}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Phone();
}
