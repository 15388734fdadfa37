using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Loyalty.Architecture.Tests;

public sealed class StoredEventNames
{
    public static TheoryData<string> Services => [.. Repository.Services];

    [Theory, MemberData(nameof(Services))]
    public void every_stored_event_has_an_explicit_name_and_a_golden_file(string service)
    {
        var names = Names(service);
        names.ShouldNotBeEmpty();
        names.ShouldAllBe(n => Regex.IsMatch(n, "^[a-z]+(-[a-z]+)*$"));
        names.ShouldBeUnique();
        foreach (var name in names)
        {
            var golden = $"tests/{service}.Tests/Golden/{name}.json";
            Repository.Exists(golden).ShouldBeTrue($"{golden} is missing");
            JsonDocument.Parse(Repository.Read(golden)).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        }
    }

    [Theory, MemberData(nameof(Services))]
    public void a_golden_file_is_never_orphaned(string service) =>
        Repository.Files("*.json", $"tests/{service}.Tests/Golden").Select(f => Path.GetFileName(f).Split('.')[0])
            .ShouldBeSubsetOf(Names(service));

    private static List<string> Names(string service) =>
        [.. Regex.Matches(Repository.Read($"services/{service}/Storage/StoredEvents.cs"), @"Map<[\w.]+>\(""(?<name>[^""]+)""\)").Select(m => m.Groups["name"].Value)];
}
