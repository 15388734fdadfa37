using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>
/// Documents as their contracts have them, with what their authors left out filled in. They were checked when they were published, by
/// the rules of that day; whatever can still be understood is.
/// </summary>
internal static class WrittenDocuments
{
    private static readonly JsonSerializerOptions Json = new(StrictJson.Options)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
        RespectNullableAnnotations = false,
        RespectRequiredConstructorParameters = false,
    };

    public static Offer Offer(JsonElement document)
    {
        var offer = document.Deserialize<Offer>(Json)!;
        return offer with { When = offer.When ?? new(), Caps = offer.Caps ?? [], FundedBy = offer.FundedBy ?? [] };
    }

    public static Programme Programme(JsonElement document)
    {
        var programme = document.Deserialize<Programme>(Json)!;
        return programme with { Activation = programme.Activation ?? new(), Limits = programme.Limits ?? [], Tiers = programme.Tiers ?? [] };
    }
}
