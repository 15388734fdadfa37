using System.Text;

namespace Loyalty.Cli.Import;

/// <summary>Codes for names that hold more than codes may: letters are capitals and whatever else is an underscore, and no two names may meet.</summary>
internal sealed class Codes
{
    private readonly Dictionary<string, string> codeOf;

    public Codes(IEnumerable<string> names)
    {
        codeOf = names.ToDictionary(name => name, Code);
        if (codeOf.GroupBy(pair => pair.Value).FirstOrDefault(code => code.Count() > 1) is { } clash)
            throw new StoppedException($"The names {string.Join(" and ", clash.Select(pair => $"'{pair.Key}'"))} would share the code {clash.Key}.");
    }

    public string this[string name] => codeOf[name];

    private static string Code(string name) => name
        .Aggregate(new StringBuilder(), (code, c) => code.Append(char.IsAsciiLetterOrDigit(c) || c is '-' ? char.ToUpperInvariant(c) : '_'))
        .ToString();
}
