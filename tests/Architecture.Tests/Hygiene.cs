using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Loyalty.Architecture.Tests;

public sealed class Hygiene
{
    private static IEnumerable<string> Source => Repository.Files("*.cs");

    [Fact]
    public void a_file_has_at_most_300_lines() =>
        Source.Where(f => Repository.Lines(f).Length > 300).ShouldBeEmpty();

    [Fact]
    public void half_of_the_files_have_at_most_100_lines()
    {
        var lengths = Source.Select(f => Repository.Lines(f).Length).Order().ToList();
        lengths[lengths.Count / 2].ShouldBeLessThanOrEqualTo(100);
    }

    [Fact]
    public void a_function_has_at_most_70_lines()
    {
        var long_ones = new List<string>();
        foreach (var file in Source)
        {
            var start = -1;
            var lines = Repository.Lines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (Regex.IsMatch(lines[i], @"^    \{\s*$"))
                    start = i;
                else if (Regex.IsMatch(lines[i], @"^    \}\s*$") && start >= 0)
                {
                    if (i - start - 1 > 70)
                        long_ones.Add($"{file}:{start + 1}");
                    start = -1;
                }
            }
        }

        long_ones.ShouldBeEmpty();
    }

    [Fact]
    public void nothing_is_called_base_helper_manager_or_utils()
    {
        var vague =
            from file in Source
            from declared in Regex.Matches(Repository.Read(file), @"\b(class|record|struct|interface|enum) (struct )?(?<name>\w+)")
            let name = declared.Groups["name"].Value
            where Regex.IsMatch(name, "(Base|Helper|Helpers|Manager|Util|Utils|Impl|Wrapper)$")
            select $"{file}: {name}";
        vague.ShouldBeEmpty();
    }

    [Fact]
    public void an_interface_has_more_than_one_implementation()
    {
        var all = Source.Where(f => !f.StartsWith("tests/", StringComparison.Ordinal)).ToDictionary(f => f, Repository.Read);
        var names = all.Values.SelectMany(t => Regex.Matches(t, @"\binterface (?<name>I[A-Z]\w+)").Select(m => m.Groups["name"].Value)).Distinct();
        var lonely = names.Where(name => all.Values.Sum(t =>
            Regex.Matches(t, $@"\b(class|record|struct|interface)\b[^;{{]*:[^;{{]*\b{name}\b").Count) < 2);
        lonely.ShouldBeEmpty();
    }

    [Fact]
    public void nothing_is_left_to_do_skipped_or_swallowed()
    {
        var left =
            from file in Source
            where !file.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal)
            let text = Repository.Read(file)
            from found in Regex.Matches(text, @"NotImplementedException|//\s*(TODO|FIXME|HACK)|\(Skip\s*=|Assert\.True\(true\)|catch\s*(\([^)]*\))?\s*\{\s*\}|Thread\.Sleep")
            select $"{file}: {found.Value}";
        left.ShouldBeEmpty();
    }

    [Fact]
    public void tests_wait_for_conditions_not_for_time()
    {
        var waits =
            from file in Source
            where Regex.IsMatch(file, @"^tests/\w+\.Tests/") && !file.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal)
            from line in Repository.Lines(file)
            where Regex.IsMatch(line, @"Task\.Delay\(") && !line.Contains("Random", StringComparison.OrdinalIgnoreCase)
            select $"{file}: {line.Trim()}";
        waits.ShouldBeEmpty();
    }

    [Fact]
    public void nothing_names_a_machine()
    {
        var patterns = new Regex(@"(^|[\s""'(=:])/(work|farm|home|root)/[A-Za-z.]");
        var files = new[] { "*.cs", "*.md", "*.sh", "*.yml", "*.json", "*.props", "*.csproj", "*.sql" }.SelectMany(p => Repository.Files(p))
            .Where(f => !f.EndsWith("packages.lock.json", StringComparison.Ordinal) && !f.StartsWith("tests/Architecture.Tests/", StringComparison.Ordinal));
        files.Where(f => patterns.IsMatch(Repository.Read(f))).ShouldBeEmpty();
    }
}
