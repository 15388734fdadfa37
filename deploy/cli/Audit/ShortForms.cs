using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loyalty.Cli.Audit;

/// <summary>
/// Stored facts leave out what they would say twice: an award that is <c>AsBase</c> has issuer, agreement, amount and expiry of its purchase,
/// and a draw that is <c>AsBefore</c> has the origin of the draw before it but for its lot, its points and its offer.
/// </summary>
internal static class ShortForms
{
    private static readonly string[] SameAsBefore = ["Issuer", "Purchase", "AgreementVersion", "ExpiresAt", "ActivatesAt", "SlidesBy", "AccruedAt"];

    /// <summary>The fact with everything said. The caller disposes of it.</summary>
    public static JsonDocument Parse(string body)
    {
        if (!body.Contains("\"AsB", StringComparison.Ordinal)) return JsonDocument.Parse(body);
        var fact = JsonNode.Parse(body)!.AsObject();
        foreach (var award in Items(fact, "Awards")) CompleteAward(award, fact);
        JsonObject? before = null;
        foreach (var draw in Items(fact, "Draws"))
        {
            var from = draw["From"]!.AsObject();
            CompleteOrigin(from, before);
            before = from;
        }

        return JsonDocument.Parse(fact.ToJsonString());
    }

    private static IEnumerable<JsonObject> Items(JsonObject fact, string list) => fact[list] is JsonArray items ? items.Select(item => item!.AsObject()) : [];

    private static void CompleteAward(JsonObject award, JsonObject purchase)
    {
        if (!IsTrue(award, "AsBase")) return;
        award["Issuer"] = purchase["Transaction"]!["Partner"]!.DeepClone();
        award["AgreementVersion"] = purchase["Terms"]!["AgreementVersion"]!.DeepClone();
        award["For"] = new JsonObject { ["Amount"] = purchase["Amount"]!.DeepClone() };
        award["ExpiresAt"] = purchase["ExpiresAt"]?.DeepClone();
    }

    private static void CompleteOrigin(JsonObject origin, JsonObject? before)
    {
        if (!IsTrue(origin, "AsBefore")) return;
        if (before is null) throw new FormatException("The first draw has none before it.");
        foreach (var member in SameAsBefore)
        {
            if (before[member] is { } value) origin[member] = value.DeepClone();
        }
    }

    private static bool IsTrue(JsonObject of, string member) => of[member] is JsonValue value && value.GetValue<bool>();
}
