using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Features.Partners;

/// <summary>A store of a partner.</summary>
/// <param name="TimeZone">IANA time zone in which its days and hours are meant; absent: the programme's.</param>
/// <param name="ClosedFrom">The first instant at which nothing is sold there; absent for a store that goes on.</param>
internal sealed record ShownStore(
    string Code, string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TimeZone,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ClosedFrom)
{
    public static ShownStore Of(Partner partner, Store store) => new(store.Code, store.Name, store.TimeZone, partner.Closing(store.Code)?.EffectiveFrom);
}
