using System.Text.Json.Serialization.Metadata;
using Loyalty.Kernel;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Loyalty.ServiceDefaults;

/// <summary>How the API's description shows values that have a converter, whose shape can't be found by looking at their types.</summary>
internal static class ValueSchemas
{
    public const string IdPattern = "^[A-Za-z0-9._:-]{1,64}$";

    /// <summary>
    /// The name under which a type stands in the description: values stand where they are used, and the body types of endpoints,
    /// which are all called alike, carry the name of the class they are nested in.
    /// </summary>
    public static string? NameOf(JsonTypeInfo json)
    {
        var type = Nullable.GetUnderlyingType(json.Type) ?? json.Type;
        if (IsValue(type) || OpenApiOptions.CreateDefaultSchemaReferenceId(json) is not { } name)
            return null;
        return type.DeclaringType is { } outer ? outer.Name.Replace("Endpoint", "", StringComparison.Ordinal) + name : name;
    }

    public static void Describe(OpenApiSchema schema, Type type)
    {
        var nullable = Nullable.GetUnderlyingType(type) is not null;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(ExactNumber))
            Value(schema, JsonSchemaType.Number, format: null, "A JSON number in plain digits: no quotes, no exponent.");
        else if (type == typeof(Points))
            Value(schema, JsonSchemaType.Integer, "int64", description: null);
        else if (type == typeof(TransactionId))
            Value(schema, JsonSchemaType.String, format: null, "Your own id, for ever unique among yours.").Pattern = IdPattern;
        else if (type == typeof(Currency))
            Value(schema, JsonSchemaType.String, format: null, "ISO 4217, in capitals.").Pattern = "^[A-Z]{3}$";
        else if (type == typeof(DateTimeOffset))
            Value(schema, JsonSchemaType.String, "date-time", "RFC 3339, with its offset.");
        else if (IsId(type))
            Value(schema, JsonSchemaType.String, "uuid", description: null);
        else if (type == typeof(Money))
            DescribeMoney(schema);
        else
            return;
        if (nullable)
            schema.Type |= JsonSchemaType.Null;
    }

    private static void DescribeMoney(OpenApiSchema schema)
    {
        Value(schema, JsonSchemaType.Object, format: null, "An exact amount of money.");
        schema.Required = new HashSet<string>(StringComparer.Ordinal) { "amount", "currency" };
        schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["amount"] = new OpenApiSchema { Type = JsonSchemaType.Number },
            ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$" },
        };
    }

    private static OpenApiSchema Value(OpenApiSchema schema, JsonSchemaType type, string? format, string? description)
    {
        schema.Type = type;
        schema.Format = format;
        schema.Description = description;
        schema.Properties = null;
        return schema;
    }

    private static bool IsValue(Type type) => type == typeof(ExactNumber) || type == typeof(Points) || type == typeof(TransactionId)
        || type == typeof(Currency) || type == typeof(DateTimeOffset) || IsId(type);

    private static bool IsId(Type type) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IGuidId<>));
}
