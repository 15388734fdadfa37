using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>An operator ends an account.</summary>
internal sealed record CloseAccount(Guid Account, string Reason) : ICommand<ClosedAccount>;

/// <param name="Account">The account.</param>
/// <param name="Forfeited">Points that lapsed with it; 0 when it was closed before.</param>
internal sealed record ClosedAccount(Guid Account, long Forfeited);

internal sealed class CloseAccountRules : AbstractValidator<CloseAccount>
{
    public CloseAccountRules() => RuleFor(c => c.Reason).Matches(@"\A[a-z0-9-]{1,40}\z").WithMessage("Give the reason as a code of 1 to 40 letters a-z, digits and dashes.");
}

internal sealed class CloseAccountHandler(Session session, RuleBook rules, TimeProvider clock) : IRequestHandler<CloseAccount, Outcome<ClosedAccount>>
{
    public async Task<Outcome<ClosedAccount>> Handle(CloseAccount request, CancellationToken cancellationToken)
    {
        var (id, now) = (AccountId.From(request.Account), clock.GetUtcNow());
        var account = (await session.Accounts(await rules.Programme(), now, cancellationToken, id))(id);
        if (!account.State.Opened) return Refusals.UnknownAccount;
        var left = account.State.Lots.Sum(lot => lot.Remaining).Value;
        return session.Append(account, account.State.CloseOnRequest(request.Reason, now), _ => new ClosedAccount(request.Account, left));
    }
}

internal static class ClosingAccounts
{
    private sealed record CloseRequest(string Reason);

    public static void MapCloseAccount(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/accounts/{id:guid}/close", async (Guid id, CloseRequest body, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            return (await desk.Send(new CloseAccount(id, body.Reason), [AccountId.From(id)], ct)).ToHttp();
        })
        .RequireScope("accounts.manage")
        .WithSummary("Close an account")
        .WithDescription("Ends an account for good. Its points lapse and fall to the partners that issued them; its cards are refused from then on. Open reservations must be settled first. Again changes nothing. For operators.")
        .Produces<ClosedAccount>();
}
