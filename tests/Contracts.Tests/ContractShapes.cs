using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Loyalty.Contracts.Tests;

/// <summary>
/// What is on the wire between services is approved here, property by property. A contract only ever gains members that may be absent;
/// any other change goes into a namespace of its own, beside the old one.
/// </summary>
public sealed class ContractShapes
{
    private static readonly IReadOnlyList<Type> Contracts =
        [.. typeof(Subscriptions).Assembly.GetExportedTypes().Where(t => Regex.IsMatch(t.Namespace!, @"\.V\d+$")).OrderBy(t => t.FullName, StringComparer.Ordinal)];

    [Fact]
    public void contracts_are_what_was_approved()
    {
        var shape = new StringBuilder();
        foreach (var contract in Contracts.Append(typeof(Page<>)).Append(typeof(Told<>)))
        {
            shape.Append(contract.FullName).Append('\n');
            foreach (var property in contract.GetProperties())
                shape.Append("  ").Append(property.Name).Append(": ").Append(NameOf(property)).Append('\n');
        }

        // To approve a new contract, look at the received file and put it in the approved one's place.
        File.WriteAllText(Approved().Replace("contracts.txt", "contracts.received.txt", StringComparison.Ordinal), shape.ToString());
        shape.ToString().ShouldBe(File.ReadAllText(Approved()).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void contracts_are_sealed_records_of_a_version_of_a_service() =>
        Contracts.ShouldAllBe(t => t.IsSealed && t.GetMethod("<Clone>$") != null
            && Regex.IsMatch(t.Namespace!, @"^Loyalty\.Contracts\.(CoalitionPartners|Customers|Cards|PointsLedger)\.V\d+$"));

    [Fact]
    public void no_personal_data_leaves_the_customers_service()
    {
        var personal = new Regex("First|Last|Mail|Phone|Birth|Address|Street", RegexOptions.IgnoreCase);
        Contracts.SelectMany(t => t.GetProperties()).ShouldAllBe(p => !personal.IsMatch(p.Name));
    }

    [Fact]
    public void every_subscription_names_events_of_other_services()
    {
        foreach (var subscription in Subscriptions.All)
        {
            var service = subscription.Queue.Split('.')[0].Replace("-", "", StringComparison.Ordinal);
            subscription.Events.ShouldNotBeEmpty(subscription.Queue);
            subscription.Events.ShouldBeSubsetOf(Contracts);
            subscription.Events.ShouldAllBe(e => !e.Namespace!.Contains($".{service}.", StringComparison.OrdinalIgnoreCase));
        }

        Subscriptions.All.Select(s => s.Queue).ShouldBeUnique();
    }

    private static string NameOf(System.Reflection.PropertyInfo property)
    {
        var type = property.PropertyType;
        var nullable = Nullable.GetUnderlyingType(type);
        var optional = nullable is not null
            || new System.Reflection.NullabilityInfoContext().Create(property).ReadState == System.Reflection.NullabilityState.Nullable;
        var plain = nullable ?? type;
        var name = plain.IsGenericType ? $"list of {plain.GetGenericArguments()[0].Name}" : plain.Name;
        return optional ? name + "?" : name;
    }

    private static string Approved([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "Approved", "contracts.txt");
}
