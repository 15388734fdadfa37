using System.Globalization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>Where a block stands.</summary>
internal enum BlockStatus
{
    Proposed,
    Bought,
    Rejected,
}

/// <summary>A block of points, from its proposal on.</summary>
/// <param name="Maker">Who has proposed it; null where the agreement replenishes by itself.</param>
/// <param name="Checker">Who has decided; null before, and where nobody had to.</param>
/// <param name="DecidedAt">When it was bought or rejected; null before.</param>
internal sealed record Block(
    Guid Id, BlockStatus Status, Points Points, decimal Price, Currency Currency, int AgreementVersion, string? Maker, string? Checker,
    DateTimeOffset ProposedAt, DateTimeOffset? DecidedAt)
{
    public BlockBought Bought(PartnerId partner, string checker, DateTimeOffset at) =>
        new(partner, Id, Points, Price, Currency, AgreementVersion, Maker, checker, at);
}

/// <summary>The points that a partner has paid for beforehand: what it bought in blocks, less what it has issued.</summary>
/// <param name="Low">The mark it has fallen below, as long as it is; null otherwise.</param>
internal sealed record PrepaidAccount(
    Guid Id, IReadOnlyList<Block> Blocks, Points Bought, Points Issued, Points? Low, IReadOnlyList<BlockRunningLow> Alerts) : IAggregate<PrepaidAccount>
{
    public static string Alias => "prepaid_account";

    /// <summary>Below zero where more was issued than bought.</summary>
    public Points Left() => Bought - Issued;

    public static PrepaidAccount Initial(Guid streamId) => new(streamId, [], Points.Zero, Points.Zero, null, []);

    public static Guid IdOf(PartnerId partner) => NamedGuid.From(partner.Value, "prepaid-account");

    public Block? Find(Guid block) => Blocks.FirstOrDefault(b => b.Id == block);

    /// <param name="points">How many; null for a block as it was agreed.</param>
    /// <param name="agreement">The terms in force; null for none.</param>
    public Decision<PrepaidFact> Propose(PartnerId partner, Guid block, Points? points, Agreement? agreement, string maker, DateTimeOffset at)
    {
        if (Find(block) is { } known)
        {
            return known.Maker == maker && (points is null || known.Points == points)
                ? Decision<PrepaidFact>.Accept()
                : BlockRefusals.Differs;
        }

        return agreement?.Conditions.Funding.Block is { } terms
            ? Decision<PrepaidFact>.Accept(new BlockProposed(partner, block, points ?? terms.Points, agreement.BlockPrice(), agreement.Currency, agreement.Version, maker, at))
            : BlockRefusals.NotPrepaid;
    }

    /// <summary>Nothing more happens when the same person approves again.</summary>
    public Decision<PrepaidFact> Approve(PartnerId partner, Guid block, string checker, DateTimeOffset at) =>
        Refuse(block, checker, BlockStatus.Bought) is { } refusal ? refusal :
        Find(block)! is { Status: BlockStatus.Proposed } proposed ? Decision<PrepaidFact>.Accept(proposed.Bought(partner, checker, at)) : Decision<PrepaidFact>.Accept();

    /// <summary>Nothing more happens when the same person rejects again.</summary>
    public Decision<PrepaidFact> Reject(PartnerId partner, Guid block, string checker, DateTimeOffset at) =>
        Refuse(block, checker, BlockStatus.Rejected) is { } refusal ? refusal :
        Find(block)!.Status == BlockStatus.Proposed ? Decision<PrepaidFact>.Accept(new BlockRejected(partner, block, checker, at)) : Decision<PrepaidFact>.Accept();

    /// <summary>Points were issued out of the blocks; what follows if few are left by the agreement under which it happened.</summary>
    /// <param name="points">Net of returns.</param>
    public Decision<PrepaidFact> Issue(PartnerId partner, Points points, Agreement agreement, DateTimeOffset at)
    {
        var facts = new List<PrepaidFact> { new BlockPointsIssued(partner, points, at) };
        var (left, terms) = (Left() - points, agreement.Conditions.Funding.Block!);
        if (left < terms.AlertBelow && Low is null)
            facts.Add(new BlockRunningLow(partner, left, terms.AlertBelow, at));
        if (left < terms.AlertBelow && terms.Replenish)
        {
            // As many at once as it takes: a page of postings may need more than one.
            var blocks = (terms.AlertBelow.Value - left.Value + terms.Points.Value - 1) / terms.Points.Value;
            var id = NamedGuid.From(Id, string.Create(CultureInfo.InvariantCulture, $"block/{Blocks.Count + 1}"));
            facts.Add(new BlockBought(
                partner, id, new(checked(blocks * terms.Points.Value)), agreement.BlockPrice(), agreement.Currency, agreement.Version, Maker: null, Checker: null, at));
        }

        return Decision<PrepaidFact>.Accept(facts);
    }

    public PrepaidAccount When(object @event) => @event switch
    {
        BlockProposed e => this with
        {
            Blocks = [.. Blocks, new(e.Block, BlockStatus.Proposed, e.Points, e.Price, e.Currency, e.AgreementVersion, e.Maker, null, e.ProposedAt, null)],
        },
        BlockRejected e => this with
        {
            Blocks = [.. Blocks.Select(b => b.Id == e.Block ? b with { Status = BlockStatus.Rejected, Checker = e.Checker, DecidedAt = e.RejectedAt } : b)],
        },
        BlockBought e => Refreshed(this with { Blocks = With(e), Bought = Bought + e.Points }),
        BlockPointsIssued e => Refreshed(this with { Issued = Issued + e.Points }),
        BlockRunningLow e => this with { Low = e.AlertBelow, Alerts = [.. Alerts, e] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a prepaid account."),
    };

    private static PrepaidAccount Refreshed(PrepaidAccount account) => account.Low is { } low && account.Left() >= low ? account with { Low = null } : account;

    private IReadOnlyList<Block> With(BlockBought e) => Find(e.Block) is { } proposed
        ? [.. Blocks.Select(b => b == proposed ? b with { Status = BlockStatus.Bought, Checker = e.Checker, DecidedAt = e.BoughtAt } : b)]
        : [.. Blocks, new(e.Block, BlockStatus.Bought, e.Points, e.Price, e.Currency, e.AgreementVersion, null, null, e.BoughtAt, e.BoughtAt)];

    private Refusal? Refuse(Guid block, string checker, BlockStatus wanted) => Find(block) switch
    {
        null => BlockRefusals.Unknown,
        { Maker: { } maker } when maker == checker => BlockRefusals.SamePerson,
        { Status: BlockStatus.Proposed } => null,
        { Status: var status, Checker: var decided } when status == wanted && decided == checker => null,
        _ => BlockRefusals.Decided,
    };
}

/// <summary>Why blocks are refused.</summary>
internal static class BlockRefusals
{
    public static readonly Refusal Unknown = new("block-unknown", "This partner has no such block. Check its id.");

    public static readonly Refusal NotPrepaid = new("not-prepaid", "The agreement in force has no prepaid blocks. Agree on them first.");

    public static readonly Refusal Differs = new("block-differs", "This id was used before for another block. Repeat that request unchanged, or choose a new id.");

    public static readonly Refusal SamePerson = new("same-person", "Whoever proposes a block doesn't decide on it. Ask somebody else.");

    public static readonly Refusal Decided = new("block-decided", "Another decision on this block has been taken already. Propose a new one if it was wrong.");
}
