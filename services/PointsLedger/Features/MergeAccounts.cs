using FluentValidation;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member turns out to have two accounts: one goes into the other.</summary>
internal sealed record MergeAccounts(Guid Account, Guid Into) : ICommand<MergedAccount>;

internal sealed class MergeAccountsRules : AbstractValidator<MergeAccounts>
{
    public MergeAccountsRules() => RuleFor(c => c.Into).NotEqual(c => c.Account).WithMessage("An account is merged into another one. Name that one.");
}

internal sealed class MergeAccountsHandler(AccountMerging merging) : IRequestHandler<MergeAccounts, Outcome<MergedAccount>>
{
    public Task<Outcome<MergedAccount>> Handle(MergeAccounts request, CancellationToken cancellationToken) =>
        merging.Merge(request.Account, request.Into, TransferKind.Merge, cancellationToken);
}

internal static class MergingAccounts
{
    private sealed record MergeRequest(Guid Into);

    public static void MapMergeAccounts(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/accounts/{id:guid}/merge", async (Guid id, MergeRequest body, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            return (await desk.Send(new MergeAccounts(id, body.Into), [AccountId.From(id), AccountId.From(body.Into)], ct)).ToHttp();
        })
        .RequireScope("accounts.manage")
        .WithSummary("Merge an account into another")
        .WithDescription(
            "Moves every point, pending ones as they are, what is owed, and the cards of one account into another. From then on the cards, and whatever refers to " +
            "transactions of the first account, lead to the second. Open reservations must be settled first. Can be undone within 30 days. Again changes nothing. For operators.")
        .Produces<MergedAccount>();
}
