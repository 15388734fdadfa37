using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loyalty.ServiceDefaults;

/// <summary>Says what is wrong with a body in the caller's words; System.Text.Json says it in those of our types.</summary>
internal static partial class JsonFaults
{
    public static string Sentence(JsonException e)
    {
        var message = e.Message;
        if (MissingMembers().Match(message) is { Success: true } missing)
            return $"The body lacks {missing.Groups["names"].Value.TrimEnd('.')}. Add what is missing.";
        if (UnknownMember().Match(message) is { Success: true } unknown)
            return $"The member '{unknown.Groups["name"].Value}' is unknown here. Remove it, or check its spelling and case.";
        if (message.Contains("Duplicate propert", StringComparison.Ordinal))
            return $"The body has a member twice{At(e)}. Send each member once.";
        if (message.Contains("doesn't allow setting null values", StringComparison.Ordinal) || message.Contains("doesn't allow null values", StringComparison.Ordinal))
            return $"The value{At(e)} is null. Give it a value.";
        // A message without System.Text.Json's usual tail was written by a converter for the caller.
        return message.Contains("Path: ", StringComparison.Ordinal) || message.Contains("System.", StringComparison.Ordinal)
            ? $"The value{At(e)} is not of the kind that is expected there. Compare it with the description at /openapi/v1.json."
            : $"The value{At(e)} can't be read: {message.TrimEnd('.')}.";
    }

    public static string ParameterSentence(string message) => Parameter().Match(message) is { Success: true } parameter
        ? $"The parameter '{parameter.Groups["name"].Value}' is missing or can't be read. Compare it with the description at /openapi/v1.json."
        : "The request can't be read. Compare it with the description at /openapi/v1.json.";

    private static string At(JsonException e) => e.Path is { Length: > 2 } path ? $" at '{path[2..]}'" : "";

    [GeneratedRegex("missing required properties including: (?<names>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MissingMembers();

    [GeneratedRegex("The JSON property '(?<name>.*)' could not be mapped", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnknownMember();

    [GeneratedRegex("parameter \"(?:\\S+ )?(?<name>[^\" ]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
