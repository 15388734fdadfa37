using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

// The facts of a reward's stream. Their property names are storage format, as those of accounts are.

/// <summary>Something that happened to a reward and is stored in its stream.</summary>
internal interface IRewardFact;

/// <summary>A reward came into the catalogue.</summary>
/// <param name="Partner">Who delivers it, and is paid for that.</param>
/// <param name="Supply">One of <see cref="RewardSupply"/>.</param>
/// <param name="Stock">How many there were at first, where vouchers are generated for a stock.</param>
internal sealed record RewardListed(
    string Reward, PartnerId Partner, string Supply, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Stock, RewardTerms Terms,
    DateTimeOffset ListedAt) : IRewardFact;

/// <summary>Its terms are others now. Vouchers and goals that members have stay as they are.</summary>
internal sealed record RewardChanged(int Version, RewardTerms Terms, DateTimeOffset ChangedAt) : IRewardFact;

/// <summary>There are so many vouchers more. The codes themselves are no part of the log.</summary>
internal sealed record StockAdded(int Vouchers, DateTimeOffset AddedAt) : IRewardFact;

internal sealed record RewardWithdrawn(DateTimeOffset WithdrawnAt) : IRewardFact;

/// <summary>What of a reward may change.</summary>
/// <param name="From">The first instant at which it can be claimed; null for at once.</param>
/// <param name="Until">The first instant at which it can't be claimed any more; null for never.</param>
/// <param name="LimitPerMember">How many of it one member can have; null for any number.</param>
/// <param name="VoucherDays">So many days after it was handed out a voucher lapses; null for never.</param>
internal sealed record RewardTerms(string Name, Points Cost, DateTimeOffset? From, DateTimeOffset? Until, int? LimitPerMember, int? VoucherDays)
{
    public bool HoldAt(DateTimeOffset at) => !(at < From) && !(at >= Until);

    public DateTimeOffset? VoucherExpiry(DateTimeOffset claimedAt) => VoucherDays is { } days ? claimedAt.AddDays(days) : null;
}

/// <summary>Where a reward's vouchers come from, as stored.</summary>
internal static class RewardSupply
{
    /// <summary>An operator uploads the codes.</summary>
    public const string Uploaded = "uploaded";

    /// <summary>Codes are generated for a stock that an operator adds to.</summary>
    public const string Stocked = "stocked";

    /// <summary>A code is generated whenever one is claimed.</summary>
    public const string Unlimited = "unlimited";
}

/// <summary>
/// A reward that members may spend points on. Claiming it appends nothing here, so that a reward everybody wants stops nobody: what is
/// left of it is counted in its vouchers, and what was claimed stands in the accounts.
/// </summary>
internal sealed record Reward(Guid Stream) : IAggregate<Reward>
{
    /// <summary>More vouchers than this are not added at once.</summary>
    public const int MostAtOnce = 10_000;

    private static readonly Guid Space = new("0d7a2f5c-31b6-4c0a-9a55-7c8f6a1de2b4");

    public static string Alias => "reward";

    public string Id { get; init; } = "";

    /// <summary>The version of its terms; 0 before it is listed.</summary>
    public int Version { get; init; }

    public PartnerId Partner { get; init; }

    public string Supply { get; init; } = "";

    public int? FirstStock { get; init; }

    public RewardTerms? Terms { get; init; }

    public bool Withdrawn { get; init; }

    public static Reward Initial(Guid streamId) => new(streamId);

    public static Guid StreamOf(string reward) => NamedGuid.From(Space, reward);

    /// <summary>One to 40 characters of <c>a-z 0-9 -</c>.</summary>
    public static bool IsId(string? text) => text is { Length: >= 1 and <= 40 } && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public Reward When(object @event) => @event switch
    {
        RewardListed e => this with { Id = e.Reward, Version = 1, Partner = e.Partner, Supply = e.Supply, FirstStock = e.Stock, Terms = e.Terms },
        RewardChanged e => this with { Version = e.Version, Terms = e.Terms },
        StockAdded => this,
        RewardWithdrawn => this with { Withdrawn = true },
        _ => throw new InvalidOperationException($"A reward does not know the fact {@event.GetType().Name}."),
    };

    /// <summary>Lists the reward, or makes a next version of its terms. The same again changes nothing.</summary>
    public Decision<IRewardFact> List(string id, PartnerId partner, string supply, int? stock, RewardTerms terms, DateTimeOffset at)
    {
        if (Version == 0) return Accept([new RewardListed(id, partner, supply, stock, terms, at), .. stock > 0 ? new[] { new StockAdded(stock.Value, at) } : []]);
        if (Withdrawn) return RewardRefusals.Withdrawn;
        if (partner != Partner || supply != Supply || stock != FirstStock) return RewardRefusals.Fixed;
        return terms == Terms ? Accept() : Accept(new RewardChanged(Version + 1, terms, at));
    }

    /// <param name="supply">How the vouchers to be added come about.</param>
    public Decision<IRewardFact> AddStock(string supply, int vouchers, DateTimeOffset at)
    {
        if (Version == 0) return RewardRefusals.Unknown;
        if (Withdrawn) return RewardRefusals.Withdrawn;
        return supply == Supply ? Accept(new StockAdded(vouchers, at)) : RewardRefusals.SuppliedOtherwise(Supply);
    }

    public Decision<IRewardFact> Withdraw(DateTimeOffset at) =>
        Version == 0 ? RewardRefusals.Unknown : Withdrawn ? Accept() : Accept(new RewardWithdrawn(at));

    /// <summary>Whether it can be had at a moment, if one is left.</summary>
    public bool IsOfferedAt(DateTimeOffset at) => Version > 0 && !Withdrawn && Terms!.HoldAt(at);

    /// <summary>Why a member can't claim it.</summary>
    /// <param name="claimed">How many of it they have.</param>
    public Refusal? RefuseClaim(long claimed, DateTimeOffset at) =>
        !IsOfferedAt(at) ? RewardRefusals.NotOffered :
        claimed >= Terms!.LimitPerMember ? RewardRefusals.LimitReached(Terms.LimitPerMember.Value) : null;

    /// <summary>Why nobody need save for it.</summary>
    public Refusal? RefuseGoal(DateTimeOffset at) =>
        Version == 0 ? RewardRefusals.Unknown : Withdrawn || at >= Terms!.Until ? RewardRefusals.NotOffered : null;

    private static Decision<IRewardFact> Accept(params IReadOnlyList<IRewardFact> facts) => Decision<IRewardFact>.Accept(facts);
}

/// <summary>Why something with a reward or a voucher is refused.</summary>
internal static class RewardRefusals
{
    public static readonly Refusal Unknown = new("unknown-reward", "There is no such reward. Look it up in the list of rewards.");

    public static readonly Refusal UnknownPartner = new("unknown-partner", "The ledger knows no such partner. Check its id, or have it admitted first.");

    public static readonly Refusal Withdrawn = new("reward-withdrawn", "This reward was withdrawn for good. List another one under a new id.");

    public static readonly Refusal Fixed = new("reward-differs", "A reward's partner, its codes and its first stock never change. Leave them as they were listed, or list another reward; add to the stock with a request of its own.");

    public static readonly Refusal NotOffered = new("reward-not-available", "This reward can't be had now. Look up from when until when it is offered.");

    public static readonly Refusal OutOfStock = new("out-of-stock", "None of this reward is left. Nothing was spent. Choose another one, or try under a new id later.");

    public static readonly Refusal UnknownVoucher = new("unknown-voucher", "There is no such voucher of yours. Read the code again.");

    public static readonly Refusal VoucherExpired = new("voucher-expired", "This voucher has lapsed. It can't be redeemed any more.");

    public static readonly Refusal AlreadyRedeemed = new("voucher-already-redeemed", "This voucher was redeemed before, under another id. Don't accept it again.");

    public static readonly Refusal VoucherRedeemed = new("voucher-redeemed", "The voucher was redeemed already, so its points can't be given back.");

    public static Refusal LimitReached(int limit) =>
        new("reward-limit-reached", FormattableString.Invariant($"One member can have {limit} of this reward. Choose another one."));

    public static Refusal SuppliedOtherwise(string supply) => new("supplied-otherwise", supply switch
    {
        RewardSupply.Uploaded => "This reward's codes are uploaded. Send codes.",
        RewardSupply.Stocked => "This reward's codes are generated. Add to the stock.",
        _ => "This reward's stock has no end. There is nothing to add.",
    });

    public static Refusal CodeTaken(string code) => new("code-taken", $"The partner has a voucher '{code}' already. A code is used once for ever; none of these was added.");
}
