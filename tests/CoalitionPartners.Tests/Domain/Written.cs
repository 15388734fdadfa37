using System.Text.Json;
using System.Text.Json.Nodes;
using Loyalty.CoalitionPartners.Domain.Documents;
using Loyalty.CoalitionPartners.Schemas;

namespace Loyalty.CoalitionPartners.Tests.Domain;

/// <summary>Documents as operators write them.</summary>
internal static class Written
{
    public static JsonElement Offer(string changes = "{}") => Changed(
        """{"id":"weekend","name":"Weekend","kind":"bonus","priority":10,"give":{"multiplier":2}}""", changes);

    public static JsonElement Programme(string changes = "{}") => Changed(
        """{"timeZone":"Europe/Vienna","rounding":"down","expiry":{"kind":"rolling","months":36},"debt":"debt","reservationMinutes":15}""", changes);

    public static IReadOnlyList<DocumentFault> OfferFaults(JsonElement offer) =>
        [.. PublishedSchemas.Offer.Faults(new Part(offer)), .. OfferRules.Faults(new Part(offer))];

    public static IReadOnlyList<DocumentFault> ProgrammeFaults(JsonElement programme) =>
        [.. PublishedSchemas.Programme.Faults(new Part(programme)), .. ProgrammeRules.Faults(new Part(programme))];

    // The text is put together by hand: nodes would not keep a number like 1e400.
    private static JsonElement Changed(string document, string changes)
    {
        var members = JsonElement.Parse(document).EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetRawText(), StringComparer.Ordinal);
        foreach (var change in JsonElement.Parse(changes).EnumerateObject())
            members[change.Name] = change.Value.GetRawText();
        return JsonElement.Parse("{" + string.Join(',', members.Select(m => $"{JsonValue.Create(m.Key)!.ToJsonString()}:{m.Value}")) + "}");
    }
}
