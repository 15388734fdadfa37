using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

internal static class GetRewardsEndpoint
{
    public static void MapGetRewards(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/rewards", async ([AsParameters] PageRequest page, RewardsView rewards, CancellationToken ct) =>
                TypedResults.Ok(Page.Of(await rewards.Offered(page.After(""), page.Size + 1, ct), page, reward => reward.Id)))
            .RequireScope("ledger.read")
            .WithSummary("List rewards")
            .WithDescription("What is offered now, in the order of ids, in pages: its cost, how many are left, and how fast they go.");

        app.MapGet("/v1/rewards/{id}", async (string id, RewardsView rewards, CancellationToken ct) =>
                await rewards.Find(id, ct) is { } reward ? Results.Ok(reward) : Problem.NotFound())
            .RequireScope("ledger.read")
            .WithSummary("Show a reward")
            .WithDescription("One reward, whether or not it is offered now.")
            .Produces<RewardLine>();
    }
}
