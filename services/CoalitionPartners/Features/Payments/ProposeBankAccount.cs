using System.Xml;
using FluentValidation;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.CoalitionPartners.Features.Payments;

/// <summary>An operator proposes another bank account; nothing is paid there before another one has approved it.</summary>
/// <param name="PartnerId">Whose; null for the coalition.</param>
/// <param name="Maker">The operator's client.</param>
internal sealed record ProposeBankAccount(Guid? PartnerId, string Iban, string? Bic, string Holder, string Maker) : ICommand<ShownBankAccount>;

internal sealed class ProposeBankAccountRules : AbstractValidator<ProposeBankAccount>
{
    private const int MostLetters = 70;

    public ProposeBankAccountRules()
    {
        RuleFor(c => c.Iban).Must(iban => Iban.Read(iban) is not null)
            .WithMessage("This is no IBAN: check its length and its check digits. It has capitals and digits; spaces are left out.");
        RuleFor(c => c.Bic!).Must(Bic.IsBic).When(c => c.Bic is not null).WithMessage("A BIC is 8 or 11 capitals and digits, such as DEUTDEFF.");
        RuleFor(c => c.Holder).Must(IsPrintable)
            .WithMessage($"The holder has 1 to {MostLetters} characters, without spaces at the ends; characters beyond Unicode's first plane can't be sent to a bank.");
    }

    private static bool IsPrintable(string name) =>
        name.Length is >= 1 and <= MostLetters && name.Trim().Length == name.Length && name.All(letter => XmlConvert.IsXmlChar(letter) && !char.IsControl(letter));
}

internal sealed class ProposeBankAccountHandler(Session session, TimeProvider clock) : IRequestHandler<ProposeBankAccount, Outcome<ShownBankAccount>>
{
    public async Task<Outcome<ShownBankAccount>> Handle(ProposeBankAccount request, CancellationToken cancellationToken)
    {
        if (request.PartnerId is { } id && (await session.FetchForWriting<Partner>(id, cancellationToken)).State.Admission is null)
            return Partner.Unknown();
        PartnerId? holder = request.PartnerId is { } partner ? new PartnerId(partner) : null;
        var account = new BankAccount(Iban.Read(request.Iban)!, request.Bic, request.Holder);
        var stream = await session.FetchForWriting<BankDetails>(BankDetails.StreamOf(holder), cancellationToken);
        return session.Append(stream, stream.State.Propose(holder, account, request.Maker, clock.GetUtcNow()), after => ShownBankAccount.Of(after, isOperator: true));
    }
}

internal static class ProposingBankAccounts
{
    private sealed record Body(string Iban, string Holder, string? Bic = null);

    public static void MapProposeBankAccount(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/partners/{partnerId:guid}/bank-account", (Guid partnerId, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Answer(partnerId, body, http, mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Propose a partner's bank account")
            .WithDescription("By IBAN, holder and, where the bank's country needs it, BIC. Another operator approves or rejects it; payments proposed after that go by it. "
                + "Proposing what holds or is proposed already changes nothing; another proposal while one waits is refused (bank-account-pending).");

        app.MapPost("/v1/clearing/bank-account", (Body body, HttpContext http, IMediator mediator, CancellationToken ct) => Answer(null, body, http, mediator, ct))
            .RequireScope("clearing.manage")
            .Produces<ShownBankAccount>()
            .WithSummary("Propose the coalition's bank account")
            .WithDescription("The account from which partners are paid and to which they pay. As for a partner's, another operator approves it.");
    }

    private static async Task<IResult> Answer(Guid? partner, Body body, HttpContext http, IMediator mediator, CancellationToken ct) =>
        (await mediator.Send(new ProposeBankAccount(partner, body.Iban, body.Bic, body.Holder, http.Caller().ClientId), ct)).ToHttp();
}
