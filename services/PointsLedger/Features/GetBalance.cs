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
internal sealed record AccountBalance(Guid Account, long Balance, long Reserved, long Debt, long Version);

internal static class GetBalanceEndpoint
{
    public static void MapGetBalance(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/accounts/{id:guid}/balance", (Guid id, AccountReader accounts, TimeProvider clock, CancellationToken ct) =>
                Balance(AccountId.From(id), accounts, clock, ct))
            .RequireScope("ledger.read")
            .WithSummary("Balance of an account")
            .WithDescription("What can be spent now, what is set aside, and what is owed. Send If-None-Match with the ETag to learn cheaply that nothing changed.")
            .Produces<AccountBalance>();

        app.MapGet("/v1/cards/{number}/balance", async (
                string number, HttpContext http, CardIndex cards, FailureThrottle scans, AccountReader accounts, TimeProvider clock, CancellationToken ct) =>
            {
                var client = http.Caller().ClientId;
                if (scans.Refusal(client) is { } tooMany) return tooMany;
                if (await cards.Find(number) is { Account: var account }) return await Balance(account, accounts, clock, ct);
                return scans.Failed(client) ?? Refusals.UnknownCard.ToHttp();
            })
            .RequireScope("ledger.read")
            .WithSummary("Balance by card")
            .WithDescription("The same, found by a card's number or barcode.")
            .Produces<AccountBalance>();
    }

    private static async Task<IResult> Balance(AccountId id, AccountReader accounts, TimeProvider clock, CancellationToken ct)
    {
        if (await accounts.Read(id, ct) is not { State.Closed: false } account) return Problem.NotFound();
        var balance = account.State.Balance(clock.GetUtcNow()).Value;

        // Points may lapse while nothing happens, so the version alone does not tell that the balance is still the same.
        return TaggedAnswers.Tagged(
            new AccountBalance(id.Value, balance, account.State.Reserved().Value, account.State.Debt.Value, account.Version),
            FormattableString.Invariant($"{account.Version}-{balance}"));
    }
}
