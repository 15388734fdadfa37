using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>A bank account, and the change of it that waits for a second operator. Who did what is for operators.</summary>
/// <param name="Account">Where payments go by now; null as long as none was approved.</param>
internal sealed record ShownBankAccount(BankAccount? Account, string? ProposedBy, string? ApprovedBy, DateTimeOffset? ChangedAt, WaitingBankAccount? Waiting)
{
    public static ShownBankAccount Of(BankDetails details, bool isOperator) => new(
        details.Current?.Account, isOperator ? details.Current?.Maker : null, isOperator ? details.Current?.Checker : null, details.Current?.ChangedAt,
        isOperator && details.Proposal is { } p ? new(p.Account, p.Maker, p.ProposedAt) : null);
}

internal sealed record WaitingBankAccount(BankAccount Account, string ProposedBy, DateTimeOffset ProposedAt);

internal static class ShowBankAccount
{
    public static void MapShowBankAccount(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/partners/{partnerId:guid}/bank-account", async (Guid partnerId, HttpContext http, DocumentStore store, CancellationToken ct) =>
                (http.Caller().Partner is { } own && own.Value != partnerId) || await store.Load<Partner>(partnerId, ct) is not { State.Admission: not null }
                    ? Problem.NotFound()
                    : await Shown(new(partnerId), http, store, ct))
            .RequireScope("clearing.manage", "settlement.read")
            .Produces<ShownBankAccount>()
            .WithSummary("Show a partner's bank account")
            .WithDescription("The one that holds, and for operators the one that is proposed. A partner's client sees its own only.");

        app.MapGet("/v1/clearing/bank-account", (HttpContext http, DocumentStore store, CancellationToken ct) => Shown(null, http, store, ct))
            .RequireScope("clearing.manage", "settlement.read")
            .Produces<ShownBankAccount>()
            .WithSummary("Show the coalition's bank account")
            .WithDescription("Where partners pay to, and from where they are paid.");
    }

    private static async Task<IResult> Shown(PartnerId? holder, HttpContext http, DocumentStore store, CancellationToken ct)
    {
        var stream = BankDetails.StreamOf(holder);
        return TypedResults.Ok(ShownBankAccount.Of((await store.Load<BankDetails>(stream, ct))?.State ?? BankDetails.Initial(stream), http.Caller().Partner is null));
    }
}
