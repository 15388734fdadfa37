using System.Text.RegularExpressions;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>Time zones, by their names in the IANA database.</summary>
internal static partial class TimeZones
{
    public const string Sentence = "Give a time zone as the IANA database names it, such as Europe/Vienna or Etc/UTC.";

    /// <summary>Whether there is such a time zone, spelt like this.</summary>
    public static bool IsKnown(string id) =>
        Shape().IsMatch(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && string.Equals(zone.Id, id, StringComparison.Ordinal);

    // Old names without an area, names of other systems and paths into the database's folder are not for a document that is kept for years.
    [GeneratedRegex(@"\A(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(/[A-Za-z0-9_+-]{1,40}){1,2}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Shape();
}
