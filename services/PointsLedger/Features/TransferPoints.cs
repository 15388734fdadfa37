using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>A member gives points to another one.</summary>
internal sealed record TransferPoints(Guid TransferId, Guid FromAccount, Guid ToAccount, ExactNumber Points, string Kind) : ICommand<PointsTransferred>, IExactlyOnce
{
    private static readonly Guid Transfers = new("0f7a3b52-6a5d-4c5e-9a43-7c1d2e8b9f60");

    Guid IExactlyOnce.Scope => Transfers;

    string IExactlyOnce.Key => TransferId.ToString();
}

/// <param name="TransferId">The transfer.</param>
/// <param name="FromAccount">The account that gave.</param>
/// <param name="ToAccount">The account that received.</param>
/// <param name="Points">How many.</param>
/// <param name="Draws">Which partners had issued them.</param>
/// <param name="Balance">What the giver can spend now.</param>
/// <param name="Version">Version of the giver's account afterwards.</param>
internal sealed record PointsTransferred(
    Guid TransferId, Guid FromAccount, Guid ToAccount, long Points, IReadOnlyList<SpentLot> Draws, long Balance, long Version);

internal sealed class TransferPointsRules : AbstractValidator<TransferPoints>
{
    public TransferPointsRules()
    {
        RuleFor(c => c.TransferId).NotEmpty().WithMessage("Give the transfer an id of its own.");
        RuleFor(c => c.ToAccount).NotEqual(c => c.FromAccount).WithMessage("Points are given to another account. Name that one.");
        RuleFor(c => c.Points).MustBePoints();
        RuleFor(c => c.Kind).Equal(TransferKind.Gift).WithMessage($"Points are transferred as a '{TransferKind.Gift}'. Merges and pools have addresses of their own.");
    }
}

internal sealed class TransferPointsHandler(Session session, RuleBook rules, TimeProvider clock) : IRequestHandler<TransferPoints, Outcome<PointsTransferred>>
{
    public async Task<Outcome<PointsTransferred>> Handle(TransferPoints request, CancellationToken cancellationToken)
    {
        var (now, programme) = (clock.GetUtcNow(), await rules.Programme());
        var (from, to) = (AccountId.From(request.FromAccount), AccountId.From(request.ToAccount));
        var accounts = await session.Accounts(programme, now, cancellationToken, from, to);
        if (!accounts(from).State.Opened || !accounts(to).State.Opened) return new Outcome<PointsTransferred>.Refused(Refusals.UnknownAccount, Remember: false);

        // What a programme forbids it may allow tomorrow.
        if (programme.Transfers is null) return new Outcome<PointsTransferred>.Refused(Refusals.TransfersNotAllowed, Remember: false);
        return accounts(from).State.Give(request.TransferId, to, request.Points.ToPoints(), programme, now) switch
        {
            Decision<IAccountFact>.Accepted given => Receive(accounts(from), accounts(to), given.Events, now),
            Decision<IAccountFact>.Refused refused => refused.Refusal,
            _ => throw new InvalidOperationException("A decision is accepted or refused."),
        };
    }

    private Outcome<PointsTransferred> Receive(EventStream<Account> from, EventStream<Account> to, IReadOnlyList<IAccountFact> given, DateTimeOffset now)
    {
        var sent = given.OfType<PointsSent>().Single();
        return session.Append(to, to.State.Receive(sent, AccountId.From(from.Id)), _ =>
        {
            var after = session.Append(from, given);
            return new PointsTransferred(
                sent.Transfer, from.Id, to.Id, sent.Points.Value, SpentLot.Of(sent.Draws), after.State.Balance(now).Value, after.Version);
        });
    }
}

internal static class TransferringPoints
{
    public static void MapTransferPoints(this IEndpointRouteBuilder app) => app
        .MapPost("/v1/transfers", async (TransferPoints body, HttpContext http, AccountDesk desk, CancellationToken ct) =>
        {
            http.RequireOperator();
            var outcome = await desk.Send(body, [AccountId.From(body.FromAccount), AccountId.From(body.ToAccount)], ct);
            return outcome.ToHttp(status: StatusCodes.Status201Created);
        })
        .RequireScope("ledger.transfer")
        .WithSummary("Transfer points between accounts")
        .WithDescription(
            "Gives points of one account to another, those of the earliest expiry first; with them go their issuer, their purchase and their expiry. Both " +
            "accounts change together or not at all. The programme says whether members may give points and how many at once and in a calendar month. " +
            "The same transferId again gets the same answer. What is given away counts as spent when its purchase is returned. For operators and services of the coalition.")
        .Produces<PointsTransferred>(StatusCodes.Status201Created);
}
