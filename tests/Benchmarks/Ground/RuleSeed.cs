using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Npgsql;

namespace Loyalty.Benchmarks.Ground;

/// <summary>
/// A programme and three offers as CoalitionPartners would have told of them, chosen so that they have much to do: each purchase of the
/// benchmark follows another within four days, many reach a step, and every fifth is rewarded.
/// </summary>
internal static class RuleSeed
{
    private static readonly DateTimeOffset LongAgo = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Programme Programme = new(
        "Europe/Vienna", "down", new("rolling", 24), new(), "debt", 15, null,
        [new("purchases-a-day", "purchase", "member", "day", 1000, null, Hard: false), new("points-an-hour", "redemption", "card", "hour", null, 1_000_000, Hard: true)],
        [new("silver", "Silver", 10_000, null, null, null, 1), new("gold", "Gold", 50_000, null, 20, null, 1.25m)], new("rolling", 12, 30));

    private static readonly IReadOnlyList<Offer> Offers =
    [
        Bonus("double-points-within-four-days", new(RepeatWithinDays: 4), new(Multiplier: 2), new OfferCap("month", null, 2_000)),
        Bonus("bigger-basket", new(), new(Steps: [new(10, Points: 5), new(50, Points: 40), new(100, Points: 100)])),
        Bonus("every-fifth", new(Nth: new(5, Every: true)), new(Points: 50), new OfferCap("day", 3)),
    ];

    public static async Task Fill(string administrator)
    {
        await using var database = NpgsqlDataSource.Create(administrator);
        await Execute(database, "insert into programmes (version, effective_from, told) values (1, $1, $2::jsonb)", LongAgo.UtcDateTime, new ProgrammePublished(1, LongAgo, Programme, LongAgo));
        foreach (var offer in Offers)
            await Execute(database, "insert into offers (offer_id, version, published_at, told) values ($3, 1, $1, $2::jsonb)", LongAgo.UtcDateTime, new OfferPublished(1, offer, LongAgo, Withdrawn: false), offer.Id);
    }

    private static Offer Bonus(string id, OfferConditions when, OfferGrant give, params OfferCap[] caps) =>
        new(id, id, "bonus", null, null, 10, null, when, give, caps, null, [], null, null);

    private static async Task Execute(NpgsqlDataSource database, string sql, DateTime at, object told, params object[] more)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = at });
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(told, JsonSerializerOptions.Web) });
        foreach (var parameter in more) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }
}
