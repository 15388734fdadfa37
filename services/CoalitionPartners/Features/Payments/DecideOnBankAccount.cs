using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>A second operator agrees with a bank account, or disagrees.</summary>
/// <param name="PartnerId">Whose; null for the coalition.</param>
/// <param name="Iban">What the operator has checked and approves; null to reject.</param>
internal sealed record DecideOnBankAccount(Guid? PartnerId, string? Iban, string Checker) : ICommand<ShownBankAccount>;

internal sealed class DecideOnBankAccountHandler(Session session, TimeProvider clock) : IRequestHandler<DecideOnBankAccount, Outcome<ShownBankAccount>>
{
    public async Task<Outcome<ShownBankAccount>> Handle(DecideOnBankAccount request, CancellationToken cancellationToken)
    {
        PartnerId? holder = request.PartnerId is { } partner ? new PartnerId(partner) : null;
        var stream = await session.FetchForWriting<BankDetails>(BankDetails.StreamOf(holder), cancellationToken);
        var decision = request.Iban is { } iban
            ? stream.State.Approve(Iban.Read(iban) ?? iban, request.Checker, clock.GetUtcNow())
            : stream.State.Reject(request.Checker, clock.GetUtcNow());
        return session.Append(stream, decision, after => ShownBankAccount.Of(after, isOperator: true));
    }
}

internal static class DecidingOnBankAccounts
{
    private sealed record Body(string Iban);

    public static void MapDecideOnBankAccount(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/partners/{partnerId:guid}/bank-account/approval", (Guid partnerId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(partnerId, body.Iban, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Approve a partner's bank account")
            .WithDescription("Names the IBAN that was checked with the partner; another one than the proposed is refused (bank-account-differs). Only another operator than the one "
                + "who proposed it may do so (same-person). Approving again changes nothing.");

        app.MapPost("/v1/clearing/bank-account/approval", (Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(null, body.Iban, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Approve the coalition's bank account")
            .WithDescription("As for a partner's: the IBAN is named again, by another operator.");

        app.MapPost("/v1/partners/{partnerId:guid}/bank-account/rejection", (Guid partnerId, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(partnerId, null, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Reject a partner's bank account")
            .WithDescription("The account that held before still holds. Only another operator than the one who proposed it may do so (same-person). Rejecting again changes nothing.");

        app.MapPost("/v1/clearing/bank-account/rejection", (HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(new(null, null, http.Caller().ClientId), mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Reject the coalition's bank account")
            .WithDescription("As for a partner's: the account that held before still holds.");
    }

    private static async Task<IResult> Answer(DecideOnBankAccount command, IMediator mediator, CancellationToken ct) => (await mediator.Send(command, ct)).ToHttp();
}
