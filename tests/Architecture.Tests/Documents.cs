using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Loyalty.Architecture.Tests;

public sealed class Documents
{
    private static readonly string[] Roots = ["services/", "building-blocks/", "deploy/", "tests/", "docs/", ".ci/"];

    [Fact]
    public void every_path_named_in_markdown_exists()
    {
        var missing =
            from file in Repository.Files("*.md")
            from named in Regex.Matches(Repository.Read(file), @"`(?<path>[\w.\-/<>*]+)(:\d+)?`|\]\((?<path>[^)#\s]+)(#[^)]*)?\)")
            let path = named.Groups["path"].Value.TrimEnd('/')
            where !path.Contains("://", StringComparison.Ordinal) && path.IndexOfAny(['<', '*']) < 0
            let linked = named.Value.StartsWith(']')
            where linked || Roots.Any(r => path.StartsWith(r, StringComparison.Ordinal))
            where !Repository.Exists(path) && !Repository.Exists(Path.Combine(Path.GetDirectoryName(file) ?? "", path))
            select $"{file}: {path}";
        missing.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void every_command_named_in_markdown_is_one_that_the_script_knows()
    {
        var script = Repository.Read("loyalty");
        var unknown =
            from file in Repository.Files("*.md")
            from named in Regex.Matches(Repository.Read(file), @"\./loyalty (?<verb>[a-z]+(-[a-z]+)*)")
            let verb = named.Groups["verb"].Value
            where !Regex.IsMatch(script, $@"(^|[\s|]){verb}( *\||\))", RegexOptions.Multiline)
            select $"{file}: {verb}";
        unknown.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void every_test_named_in_the_architecture_exists()
    {
        var sources = Repository.Files("*.cs", "tests").ToLookup(f => Path.GetFileNameWithoutExtension(f), Repository.Read, StringComparer.Ordinal);
        var all = string.Join('\n', sources.SelectMany(s => s));
        var missing =
            from file in Repository.Files("*.md")
            from named in Regex.Matches(Repository.Read(file), @"`(?<class>[A-Z]\w+)\.(?<test>[a-z]\w*_\w+)`")
            let test = named.Groups["test"].Value
            where !Regex.IsMatch(all, $@"\b{test}\(") || !Regex.IsMatch(all, $@"\bclass {named.Groups["class"].Value}\b")
            select $"{file}: {named.Value}";
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void every_service_and_every_decision_is_written_down()
    {
        foreach (var service in Repository.Services)
            Repository.Exists($"services/{service}/README.md").ShouldBeTrue(service);
        foreach (var decision in Repository.Files("*.md", "docs/decisions"))
        {
            var text = Repository.Read(decision);
            foreach (var part in new[] { "## Context", "## Decision", "## Consequences", "## What would change our mind" })
                text.ShouldContain(part, customMessage: decision);
        }
    }
}
