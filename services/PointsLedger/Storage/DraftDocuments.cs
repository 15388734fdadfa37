using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.ServiceDefaults;
using Documents = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Offers and programmes that nobody has published, as operators write them. Here they are only read; CoalitionPartners, which
/// publishes the schemas, checks every rule of them when they are published.
/// </summary>
internal static class DraftDocuments
{
    private static readonly JsonSerializerOptions Json = new(StrictJson.Options)
    {
        RespectNullableAnnotations = false,
        RespectRequiredConstructorParameters = false,
    };

    /// <summary>The offer as if it had always been published. Throws <see cref="FormatException"/> with a sentence for what it can't be.</summary>
    public static Domain.Offers.Offer Offer(JsonElement document) => Read(document, "offer", () =>
    {
        var offer = document.Deserialize<Documents.Offer>(Json)!;
        Demand(offer.Id is { Length: >= 1 and <= 40 } && offer.Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), "'id' is 1 to 40 characters of a-z 0-9 and -.");
        Demand(!string.IsNullOrWhiteSpace(offer.Name), "'name' is missing.");
        Demand(offer.Give is not null, "'give' is missing.");
        offer = offer with { When = offer.When ?? new(), Caps = offer.Caps ?? [], FundedBy = offer.FundedBy ?? [] };
        Demand(offer.FundedBy.Count == 0 || offer.FundedBy.Sum(share => (long)share.Percent) == 100 && offer.FundedBy.All(share => share.Percent > 0), "The shares of 'fundedBy' add up to 100.");
        Demand(!(offer.Until <= offer.From), "'until' is after 'from'.");
        return OfferDocuments.From(new OfferPublished(0, offer, DateTimeOffset.MinValue, Withdrawn: false));
    });

    /// <summary>The programme as if it had always held. Throws <see cref="FormatException"/> with a sentence for what it can't be.</summary>
    public static ProgrammeRules Programme(JsonElement document) => Read(document, "programme", () =>
    {
        var programme = document.Deserialize<Programme>(Json)!;
        Demand(programme.TimeZone is not null, "'timeZone' is missing.");
        Demand(programme.Expiry is not null, "'expiry' is missing.");
        Demand(programme.Tiers is not { Count: > 0 } || programme.TierWindow is not null, "'tierWindow' is missing.");
        programme = programme with { Activation = programme.Activation ?? new(), Limits = programme.Limits ?? [], Tiers = programme.Tiers ?? [] };
        return OfferDocuments.From(new ProgrammePublished(0, DateTimeOffset.MinValue, programme, DateTimeOffset.MinValue));
    });

    private static T Read<T>(JsonElement document, string what, Func<T> read)
    {
        if (document.ValueKind != JsonValueKind.Object) throw new FormatException($"The {what} is an object, as the schema at /v1/schemas/{what} of CoalitionPartners describes it.");
        if (HasNullInList(document)) throw new FormatException($"A list in the {what} has an item that is null. Leave it out.");
        try
        {
            return read();
        }
        catch (JsonException e)
        {
            throw new FormatException($"The {what} can't be read. {Loyalty.ServiceDefaults.Problem.Malformed(e).Detail}", e);
        }
        catch (TimeZoneNotFoundException e)
        {
            throw new FormatException("There is no such 'timeZone'. Name one such as Europe/Vienna.", e);
        }
    }

    private static void Demand(bool holds, string sentence)
    {
        if (!holds) throw new FormatException(sentence);
    }

    private static bool HasNullInList(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null || HasNullInList(item)),
        JsonValueKind.Object => element.EnumerateObject().Any(member => HasNullInList(member.Value)),
        _ => false,
    };
}
