using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.ServiceDefaults;

/// <summary>How JSON is read and written over HTTP: camelCase, exact, nothing unknown, nothing twice, nothing missing.</summary>
public static class StrictJson
{
    /// <summary>The options, for whoever reads or writes outside an endpoint.</summary>
    public static JsonSerializerOptions Options { get; } = Made();

    internal static void Apply(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.RespectNullableAnnotations = true;
        json.RespectRequiredConstructorParameters = true;
        json.AllowTrailingCommas = false;
        json.ReadCommentHandling = JsonCommentHandling.Disallow;
        json.MaxDepth = JsonText.MaxDepth;
        json.Converters.Add(new Rfc3339Json());
        json.Converters.Add(new MoneyJson());
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Made()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Strict);
        Apply(json);
        json.MakeReadOnly(populateMissingResolver: true);
        return json;
    }
}
