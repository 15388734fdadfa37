using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>An operator lists a reward, or changes its terms.</summary>
internal sealed record ListReward(
    string Id, string Name, PartnerId Partner, ExactNumber Cost, string Codes, int? Stock, DateTimeOffset? From, DateTimeOffset? Until, int? LimitPerMember,
    int? VoucherDays) : ICommand<ListedReward>
{
    public const string Uploaded = "uploaded";
    public const string Generated = "generated";

    public string Supply => Codes == Uploaded ? RewardSupply.Uploaded : Stock is null ? RewardSupply.Unlimited : RewardSupply.Stocked;
}

/// <param name="Id">Its id.</param>
/// <param name="Version">The version of its terms.</param>
/// <param name="Withdrawn">Whether it was withdrawn.</param>
internal sealed record ListedReward(string Id, int Version, bool Withdrawn)
{
    /// <summary>Whether this request made the version.</summary>
    [JsonIgnore]
    public bool IsNew { get; init; }

    public static ListedReward Of(Reward reward) => new(reward.Id, reward.Version, reward.Withdrawn);
}

internal sealed class ListRewardRules : AbstractValidator<ListReward>
{
    public ListRewardRules()
    {
        RuleFor(c => c.Id).Must(Reward.IsId).WithMessage("A reward's id is 1 to 40 characters of a-z 0-9 -.");
        RuleFor(c => c.Name).Must(name => name.Length is >= 1 and <= 200 && !name.Any(char.IsControl)).WithMessage("Give a name of 1 to 200 characters.");
        RuleFor(c => c.Cost).MustBePoints();
        RuleFor(c => c.Codes).Must(codes => codes is ListReward.Uploaded or ListReward.Generated).WithMessage("Codes are uploaded or generated.");
        RuleFor(c => c.Stock).InclusiveBetween(0, Reward.MostAtOnce).WithMessage($"A reward begins with a stock of 0 to {Reward.MostAtOnce}; add more later, or leave it out where there is no end.");
        RuleFor(c => c.Stock).Null().When(c => c.Codes == ListReward.Uploaded).WithMessage("Where codes are uploaded they are the stock. Leave it out.");
        RuleFor(c => c.Until).Must((c, until) => !(until <= c.From)).WithMessage("It must end after it begins.");
        RuleFor(c => c.LimitPerMember).InclusiveBetween(1, 1_000_000).WithMessage("Give a limit from 1 to 1000000, or leave it out.");
        RuleFor(c => c.VoucherDays).InclusiveBetween(1, 36_500).WithMessage("Vouchers are good for 1 to 36500 days; leave it out where they never lapse.");
    }
}

internal sealed class ListRewardHandler(Session session, RewardsView rewards, TimeProvider clock) : IRequestHandler<ListReward, Outcome<ListedReward>>
{
    public async Task<Outcome<ListedReward>> Handle(ListReward request, CancellationToken cancellationToken)
    {
        if (!await rewards.Knows(request.Partner, cancellationToken)) return RewardRefusals.UnknownPartner;
        var stream = await session.FetchForWriting<Reward>(Reward.StreamOf(request.Id), cancellationToken);
        var terms = new RewardTerms(request.Name, request.Cost.ToPoints(), request.From, request.Until, request.LimitPerMember, request.VoucherDays);
        var decision = stream.State.List(request.Id, request.Partner, request.Supply, request.Stock, terms, clock.GetUtcNow());
        return session.Append(stream, decision, after =>
        {
            var facts = ((Decision<IRewardFact>.Accepted)decision).Events;
            foreach (var added in facts.OfType<StockAdded>()) session.Enlist(VoucherRows.Add(after, VoucherRows.Generate(added.Vouchers)));
            return ListedReward.Of(after) with { IsNew = facts.Count > 0 };
        });
    }
}

internal static class ListRewardEndpoint
{
    private sealed record RewardRequest(
        string Name, PartnerId PartnerId, ExactNumber Cost, string Codes, int? Stock = null, DateTimeOffset? From = null, DateTimeOffset? Until = null,
        int? LimitPerMember = null, int? VoucherDays = null);

    public static void MapListReward(this IEndpointRouteBuilder app) => app
        .MapPut("/v1/rewards/{id}", async (string id, RewardRequest body, IMediator mediator, CancellationToken ct) =>
        {
            var command = new ListReward(
                id, body.Name, body.PartnerId, body.Cost, body.Codes, body.Stock, body.From?.ToUniversalTime(), body.Until?.ToUniversalTime(), body.LimitPerMember,
                body.VoucherDays);
            return (await mediator.Send(command, ct)).ToHttp(
                reward => reward.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, reward => reward.IsNew ? $"/v1/rewards/{reward.Id}" : null);
        })
        .RequireScope("rewards.manage")
        .WithSummary("List a reward")
        .WithDescription("Lists a reward that the partner delivers, or makes a next version of its name, cost, validity and limits; what members claimed or chose before stays "
            + "as it is. Its codes are 'uploaded' by you or 'generated'; 'stock' is how many generated ones there are at first, and left out where there is no end. "
            + "The same again changes nothing and answers 200.")
        .Produces<ListedReward>(StatusCodes.Status201Created)
        .Produces<ListedReward>();
}
