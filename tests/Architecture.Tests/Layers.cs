using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Loyalty.Architecture.Tests;

public sealed class Layers
{
    public static TheoryData<string> Services => [.. Repository.Services];

    [Theory, MemberData(nameof(Services))]
    public void a_service_references_building_blocks_only(string service) =>
        References($"services/{service}/{service}.csproj").ShouldAllBe(r => r.Contains("/building-blocks/", StringComparison.Ordinal));

    [Fact]
    public void building_blocks_reference_building_blocks_only() =>
        Repository.Files("*.csproj", "building-blocks").SelectMany(References)
            .ShouldAllBe(r => Regex.IsMatch(r, @"^\.\./[A-Za-z]+/[A-Za-z]+\.csproj$"));

    [Theory, InlineData("Contracts"), InlineData("Kernel")]
    public void contracts_and_kernel_depend_on_nothing(string block)
    {
        var project = XDocument.Parse(Repository.Read($"building-blocks/{block}/{block}.csproj"));
        project.Descendants().Where(e => e.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void the_verifier_stands_alone()
    {
        var project = XDocument.Parse(Repository.Read("deploy/verify/Verify.csproj"));
        project.Descendants().Where(e => e.Name.LocalName.EndsWith("Reference", StringComparison.Ordinal)).ShouldBeEmpty();
        var foreign =
            from file in Repository.Files("*.cs", "deploy/verify")
            from used in Regex.Matches(Repository.Read(file), @"^using (static )?(?<name>[\w.]+);", RegexOptions.Multiline)
            let name = used.Groups["name"].Value
            where name != "Loyalty.Verify" && !Regex.IsMatch(name, @"^System(\.|$)")
            select $"{file}: {name}";
        foreign.ShouldBeEmpty();
    }

    [Fact]
    public void a_domain_file_uses_the_kernel_and_the_base_class_library_only()
    {
        var foreign =
            from file in DomainFiles()
            from line in Repository.Lines(file)
            let used = Regex.Match(line, @"^\s*(global )?using (static )?(\w+ = )?(?<name>[\w.]+)")
            where used.Success
            let name = used.Groups["name"].Value
            let own = $"Loyalty.{file.Split('/')[1]}.Domain"
            where !Regex.IsMatch(name, @"^System(\.(Buffers|Collections|Text\.Json|Linq|Globalization|Diagnostics\.CodeAnalysis|Security\.Cryptography|Numerics|Text)(\.|$)|$)")
                && name != "Loyalty.Kernel" && !name.StartsWith(own, StringComparison.Ordinal)
            select $"{file}: {line.Trim()}";
        foreign.ShouldBeEmpty();
    }

    [Fact]
    public void a_domain_file_reads_no_clock_makes_no_ids_and_waits_for_nothing()
    {
        var impure =
            from file in DomainFiles()
            from line in Repository.Lines(file)
            where Regex.IsMatch(line, @"UtcNow|DateTime(Offset)?\.(Now|Today)|TimeProvider|Guid\.(NewGuid|CreateVersion7)|\bRandom\b|RandomNumberGenerator|\basync\b|\bTask\b|Npgsql|HttpContext|MassTransit|MediatR")
            select $"{file}: {line.Trim()}";
        impure.ShouldBeEmpty();
    }

    [Fact]
    public void every_service_has_a_domain()
    {
        foreach (var service in Repository.Services)
            Repository.Files("*.cs", $"services/{service}/Domain").ShouldNotBeEmpty(service);
    }

    [Fact]
    public void only_events_leave_a_service_and_only_in_one_file()
    {
        foreach (var service in Repository.Services)
            Repository.Exists($"services/{service}/Integration/PublishedEvents.cs").ShouldBeTrue(service);
    }

    [Fact]
    public void handlers_never_send()
    {
        var sending =
            from service in Repository.Services
            from file in Repository.Files("*.cs", $"services/{service}")
            from handler in Regex.Matches(Repository.Read(file), @"class \w*Handler\((?<needs>[^)]*)\)")
            where Regex.IsMatch(handler.Groups["needs"].Value, @"\b(IMediator|ISender|IPublisher|IBus|IPublishEndpoint)\b")
            select $"{file}: {handler.Value}";
        sending.ShouldBeEmpty();
    }

    [Fact]
    public void there_are_at_most_twenty_five_projects() => Repository.Files("*.csproj").Count.ShouldBeLessThanOrEqualTo(25);

    [Fact]
    public void every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Loyalty.sln").Replace('\\', '/');
        Repository.Files("*.csproj").ShouldAllBe(p => solution.Contains(p, StringComparison.Ordinal));
    }

    private static IEnumerable<string> DomainFiles() =>
        Repository.Services.SelectMany(s => Repository.Files("*.cs", $"services/{s}/Domain"));

    private static IEnumerable<string> References(string project) =>
        XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference")
            .Select(r => r.Attribute("Include")!.Value.Replace('\\', '/'));
}
