using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A household gets an account of its own, in which its members put their points together. Nobody's name stands on it.</summary>
internal sealed record OpenPool(Guid PoolId) : ICommand<OpenedPool>;

/// <param name="PoolId">The pool, and its account.</param>
internal sealed record OpenedPool(Guid PoolId);

internal sealed class OpenPoolRules : AbstractValidator<OpenPool>
{
    public OpenPoolRules() => RuleFor(c => c.PoolId).NotEmpty().WithMessage("Give the pool an id of its own.");
}

internal sealed class OpenPoolHandler(Session session, TimeProvider clock) : IRequestHandler<OpenPool, Outcome<OpenedPool>>
{
    public async Task<Outcome<OpenedPool>> Handle(OpenPool request, CancellationToken cancellationToken)
    {
        var account = await session.FetchForWriting<Account>(request.PoolId, cancellationToken);
        return session.Append(account, account.State.OpenPool(clock.GetUtcNow()), _ => new OpenedPool(request.PoolId));
    }
}

internal static class OpeningPools
{
    public static void MapOpenPool(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/pools", async (OpenPool body, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            return (await desk.Send(body, [AccountId.From(body.PoolId)], ct)).ToHttp(pool => $"/v1/accounts/{pool.PoolId}/balance");
        })
        .RequireScope("accounts.manage")
        .WithSummary("Open a household's pool")
        .WithDescription("Opens an account that is no member's. Its id is yours to choose; it takes no name, because the ledger knows no personal data. Again changes nothing. For operators.")
        .Produces<OpenedPool>(StatusCodes.Status201Created);
}
