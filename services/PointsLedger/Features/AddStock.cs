using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Loyalty.PointsLedger.Features;

/// <summary>There are more of a reward: so many generated vouchers, or these codes.</summary>
internal sealed record AddStock(Guid Scope, string Key, string Reward, int Vouchers, IReadOnlyList<string>? Codes) : ICommand<AddedStock>, IExactlyOnce;

/// <param name="Reward">The reward.</param>
/// <param name="Vouchers">How many were added.</param>
internal sealed record AddedStock(string Reward, int Vouchers);

internal sealed class AddStockRules : AbstractValidator<AddStock>
{
    public AddStockRules()
    {
        RuleFor(c => c.Vouchers).InclusiveBetween(1, Reward.MostAtOnce).When(c => c.Codes is null).WithMessage($"Add 1 to {Reward.MostAtOnce} vouchers at once.");
        RuleFor(c => c.Codes).Must(codes => codes is null or { Count: >= 1 and <= Reward.MostAtOnce }).WithMessage($"Send 1 to {Reward.MostAtOnce} codes at once.");
        RuleFor(c => c.Codes).Must(codes => codes!.All(IsCode)).When(c => c.Codes is not null)
            .WithMessage("A code is 4 to 64 characters of A-Z a-z 0-9 . _ -, the first one a letter or a digit.");
        RuleFor(c => c.Codes).Must(codes => codes!.Distinct(StringComparer.Ordinal).Count() == codes!.Count).When(c => c.Codes is not null)
            .WithMessage("Send every code once.");
    }

    private static bool IsCode(string? code) => code is { Length: >= 4 and <= 64 } && char.IsAsciiLetterOrDigit(code[0]) && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}

internal sealed class AddStockHandler(Session session, VoucherRows vouchers, TimeProvider clock) : IRequestHandler<AddStock, Outcome<AddedStock>>
{
    public async Task<Outcome<AddedStock>> Handle(AddStock request, CancellationToken cancellationToken)
    {
        var stream = await session.FetchForWriting<Reward>(Reward.StreamOf(request.Reward), cancellationToken);
        if (stream.Version == 0) return new Outcome<AddedStock>.Refused(RewardRefusals.Unknown, Remember: false);
        if (request.Codes is { } codes && await vouchers.Taken(stream.State.Partner, codes, cancellationToken) is { } taken) return RewardRefusals.CodeTaken(taken);

        var supply = request.Codes is null ? RewardSupply.Stocked : RewardSupply.Uploaded;
        return session.Append(stream, stream.State.AddStock(supply, request.Vouchers, clock.GetUtcNow()), after =>
        {
            session.Enlist(VoucherRows.Add(after, request.Codes ?? VoucherRows.Generate(request.Vouchers)));
            return new AddedStock(request.Reward, request.Vouchers);
        });
    }
}

internal static class AddStockEndpoint
{
    // Ten thousand of the longest codes, with quotes and commas.
    private const int BodyBytes = 1024 * 1024;

    private sealed record StockRequest(int Vouchers);

    private sealed record CodesRequest(IReadOnlyList<string> Codes);

    public static void MapAddStock(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/rewards/{id}/stock", (string id, StockRequest body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Add(new(http.Caller().KeySpace, http.RequiredKey().Value, id, body.Vouchers, Codes: null), mediator, ct))
            .RequireScope("rewards.manage")
            .WithIdempotencyKey(required: true)
            .WithSummary("Add to a reward's stock")
            .WithDescription("Generates so many vouchers more. Only for a reward that has a stock and whose codes are generated.")
            .Produces<AddedStock>(StatusCodes.Status201Created);

        app.MapPost("/v1/rewards/{id}/codes", (string id, CodesRequest body, HttpContext http, IMediator mediator, CancellationToken ct) =>
                Add(new(http.Caller().KeySpace, http.RequiredKey().Value, id, body.Codes.Count, body.Codes), mediator, ct))
            .RequireScope("rewards.manage")
            .WithMetadata(new RequestSizeLimitAttribute(BodyBytes))
            .WithIdempotencyKey(required: true)
            .WithSummary("Upload voucher codes")
            .WithDescription("Up to 10,000 codes, each one voucher. A code is the partner's once for ever; when one of them was there before, none is added.")
            .Produces<AddedStock>(StatusCodes.Status201Created);
    }

    private static async Task<IResult> Add(AddStock command, IMediator mediator, CancellationToken ct) =>
        (await mediator.Send(command, ct)).ToHttp(added => $"/v1/rewards/{added.Reward}");
}
