using System.Reflection;
using System.Text.Json;
using Loyalty.CoalitionPartners.Schemas;
using Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.CoalitionPartners.Tests.Schemas;

/// <summary>The published schemas say what the contracts say: the same members, of the same kinds, and may be left out where they may be absent.</summary>
public sealed class DescribingDocuments
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static TheoryData<Type> Documents => [typeof(Offer), typeof(Programme)];

    [Theory, MemberData(nameof(Documents))]
    public void names_the_members_of_the_contract_and_no_others(Type document)
    {
        var compared = new List<string>();
        Compare(Root(document), Root(document), document, document.Name, compared);
        compared.Count.ShouldBeGreaterThan(30);
    }

    [Theory, MemberData(nameof(Documents))]
    public void explains_every_member(Type document) => Members(Root(document)).ShouldAllBe(m => m.Schema.GetProperty("description").GetString()!.EndsWith('.'));

    [Theory, MemberData(nameof(Documents))]
    public void uses_only_what_is_checked(Type document)
    {
        string[] known = ["$ref", "type", "description", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum",
            "multipleOf", "minItems", "maxItems", "uniqueItems", "items", "properties", "required", "additionalProperties", "default"];
        foreach (var (name, schema) in Members(Root(document)).Concat(Definitions(Root(document))))
        {
            schema.EnumerateObject().Select(k => k.Name).ShouldBeSubsetOf(known, name);
            if (schema.TryGetProperty("pattern", out var pattern))
                (pattern.GetString()![0], pattern.GetString()![^1]).ShouldBe(('^', '$'), name);
            if (schema.TryGetProperty("properties", out _))
                schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse(name);
            if (schema.TryGetProperty("type", out var type) && type.ToString().Contains("array", StringComparison.Ordinal))
                schema.GetProperty("maxItems").GetInt32().ShouldBeLessThanOrEqualTo(1000, name);
        }
    }

    private static void Compare(JsonElement root, JsonElement schema, Type type, string path, List<string> compared)
    {
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        schema.GetProperty("properties").EnumerateObject().Select(m => m.Name)
            .ShouldBe(members.Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)), path);
        foreach (var property in members)
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var own = Resolved(root, schema.GetProperty("properties").GetProperty(name));
            var kinds = own.GetProperty("type").ToString();
            var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            compared.Add($"{path}.{name}");

            kinds.ShouldContain(KindOf(inner), customMessage: $"{path}.{name}");
            if (Nullability.Create(property).ReadState == NullabilityState.Nullable)
                kinds.ShouldContain("null", customMessage: $"{path}.{name}");
            if (inner.IsGenericType)
                (inner, own) = (inner.GenericTypeArguments[0], Resolved(root, own.GetProperty("items")));
            own.GetProperty("type").ToString().ShouldContain(KindOf(inner), customMessage: $"{path}.{name}");
            if (inner.Namespace == type.Namespace)
                Compare(root, own, inner, $"{path}.{name}", compared);
        }
    }

    private static string KindOf(Type type) =>
        type == typeof(bool) ? "boolean"
        : type == typeof(int) || type == typeof(long) ? "integer"
        : type == typeof(decimal) ? "number"
        : type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset) || type == typeof(TimeOnly) ? "string"
        : type.IsGenericType ? "array"
        : "object";

    private static IEnumerable<(string Name, JsonElement Schema)> Members(JsonElement schema) =>
        from owner in Definitions(schema).Append(("", schema))
        where owner.Item2.TryGetProperty("properties", out _)
        from member in owner.Item2.GetProperty("properties").EnumerateObject()
        select ($"{owner.Item1}.{member.Name}", member.Value);

    private static IEnumerable<(string Name, JsonElement Schema)> Definitions(JsonElement root) =>
        root.GetProperty("$defs").EnumerateObject().Select(d => (d.Name, d.Value));

    private static JsonElement Resolved(JsonElement root, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? root.GetProperty("$defs").GetProperty(reference.GetString()!.Split('/')[^1])
        : schema;

    private static JsonElement Root(Type document) =>
        JsonElement.Parse(document == typeof(Offer) ? PublishedSchemas.Offer.Text : PublishedSchemas.Programme.Text);
}
