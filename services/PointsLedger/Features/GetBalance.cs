using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <param name="Account">The account.</param>
/// <param name="Balance">Points that can be spent now.</param>
/// <param name="Reserved">Points set aside in open reservations.</param>
/// <param name="Debt">Points the member owes.</param>
/// <param name="Version">Version of the account.</param>
internal sealed record AccountBalance(Guid Account, long Balance, long Reserved, long Debt, long Version)
{
    /// <summary>Points that can't be spent yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Pending { get; init; }

    /// <summary>The member's tier; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tier { get; init; }

    /// <summary>The points that lapse next, if they are not spent; absent when none ever do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NextExpiry? Expiring { get; init; }

    /// <summary>The reward the member saves for; absent for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GoalProgress? Goal { get; init; }
}

/// <param name="Reward">The reward.</param>
/// <param name="Cost">What it cost when it was chosen.</param>
/// <param name="Missing">Points still missing; 0 once the goal is reached.</param>
internal sealed record GoalProgress(string Reward, long Cost, long Missing)
{
    public static GoalProgress? Of(Account account, DateTimeOffset at) =>
        account is { Goal: { } goal } && account.MissingToGoal(at) is { } missing ? new(goal.Reward, goal.Cost.Value, missing.Value) : null;
}

/// <param name="At">The first instant at which they are gone.</param>
/// <param name="Points">How many.</param>
internal sealed record NextExpiry(DateTimeOffset At, long Points);

internal static class GetBalanceEndpoint
{
    public static void MapGetBalance(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/accounts/{id:guid}/balance", (Guid id, AccountReader accounts, RuleBook rules, TimeProvider clock, CancellationToken ct) =>
                Balance(AccountId.From(id), accounts, rules, clock, ct))
            .RequireScope("ledger.read")
            .WithSummary("Balance of an account")
            .WithDescription("What can be spent now, what is set aside, and what is owed; of a merged account, or of one in a pool, what the account it leads to has. Send If-None-Match with the ETag to learn cheaply that nothing changed.")
            .Produces<AccountBalance>();

        app.MapGet("/v1/cards/{number}/balance", async (
                string number, HttpContext http, CardIndex cards, FailureThrottle scans, AccountReader accounts, RuleBook rules, TimeProvider clock, CancellationToken ct) =>
            {
                var client = http.Caller().ClientId;
                if (scans.Refusal(client) is { } tooMany) return tooMany;
                if (await cards.Find(number) is not { } card) return scans.Failed(client) ?? Refusals.UnknownCard.ToHttp();
                if (await accounts.Read(card.Account, ct) is { State: { Closed: false } state } && !state.Serves(card.Number))
                {
                    // Accounts have been merged or parted since it was looked up.
                    cards.Forget(number);
                    card = await cards.Find(number) ?? card;
                }

                return await Balance(card.Account, accounts, rules, clock, ct);            })
            .RequireScope("ledger.read")
            .WithSummary("Balance by card")
            .WithDescription("The same, found by a card's number or barcode.")
            .Produces<AccountBalance>();
    }

    private static async Task<IResult> Balance(AccountId id, AccountReader accounts, RuleBook rules, TimeProvider clock, CancellationToken ct)
    {
        if (await accounts.Read(id, ct) is not { State.Closed: false } account) return Problem.NotFound();
        if (account.State.MergedInto is { } merge) return await Balance(merge.Into, accounts, rules, clock, ct);
        var now = clock.GetUtcNow();
        var state = account.State.LapsedTo(now, await rules.Programme());
        var answer = new AccountBalance(id.Value, state.Balance(now).Value, state.Reserved().Value, state.Debt.Value, account.Version)
        {
            Pending = state.Pending(now).Value,
            Tier = state.Tier?.Id,
            Expiring = state.NextExpiry() is { } next ? new(next.At, next.Points.Value) : null,
            Goal = GoalProgress.Of(state, now),
        };

        // Time changes an account while nothing happens, so the version alone does not tell that all is still the same.
        return TaggedAnswers.Tagged(answer, FormattableString.Invariant($"{account.Version}-{answer.Balance}-{answer.Reserved}-{answer.Debt}-{answer.Tier}"));
    }
}
