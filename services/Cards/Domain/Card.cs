using Loyalty.Kernel;

namespace Loyalty.Cards.Domain;

// The facts of one card. Their names and members are storage format: see Storage/StoredEvents.cs.
internal interface ICardEvent;

internal sealed record CardIssued(string Number, string Barcode, string Product, DateTimeOffset IssuedAt) : ICardEvent;

internal sealed record CardActivated(DateTimeOffset ActivatedAt) : ICardEvent;

internal sealed record CardLinked(string Number, string Barcode, MemberId Member, DateTimeOffset LinkedAt) : ICardEvent;

internal sealed record CardBlocked(string Number, MemberId? Member, string Reason, DateTimeOffset BlockedAt) : ICardEvent;

internal enum CardStatus
{
    None,
    Issued,
    Active,
    Blocked,
}

/// <summary>
/// A card: issued, perhaps long before anybody holds it; active once it is handed out; linked to one member for good; blocked for good.
/// </summary>
internal sealed record Card(
    CardId Id, CardStatus Status, string Number, string Barcode, string Product, MemberId? Member, string? BlockReason) : IAggregate<Card>
{
    public static string Alias => "card";

    public static Card Initial(Guid streamId) => new(new CardId(streamId), CardStatus.None, "", "", "", Member: null, BlockReason: null);

    public Card When(object @event) => @event switch
    {
        CardIssued e => this with { Status = CardStatus.Issued, Number = e.Number, Barcode = e.Barcode, Product = e.Product },
        CardActivated => this with { Status = CardStatus.Active },
        CardLinked e => this with { Member = e.Member },
        CardBlocked e => this with { Status = CardStatus.Blocked, BlockReason = e.Reason },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a card."),
    };

    public static CardIssued Issue(CardNumber number, Barcode barcode, string product, DateTimeOffset at) =>
        new(number.Digits, barcode.Digits, product, at);

    public Decision<ICardEvent> Activate(DateTimeOffset at) => Status switch
    {
        CardStatus.Issued => Decision<ICardEvent>.Accept(new CardActivated(at)),
        CardStatus.Active => Decision<ICardEvent>.Accept(),
        CardStatus.Blocked => Refusals.CardBlocked,
        _ => Refusals.CardUnknown,
    };

    public Decision<ICardEvent> Link(MemberId member, DateTimeOffset at) => Status switch
    {
        CardStatus.Active when Member is null => Decision<ICardEvent>.Accept(new CardLinked(Number, Barcode, member, at)),
        CardStatus.Active when Member == member => Decision<ICardEvent>.Accept(),
        CardStatus.Active => Refusals.CardAlreadyLinked,
        CardStatus.Issued => Refusals.CardNotActive,
        CardStatus.Blocked => Refusals.CardBlocked,
        _ => Refusals.CardUnknown,
    };

    /// <summary>A card that is blocked already stays blocked for its first reason.</summary>
    public Decision<ICardEvent> Block(string reason, DateTimeOffset at) => Status switch
    {
        CardStatus.Issued or CardStatus.Active => Decision<ICardEvent>.Accept(new CardBlocked(Number, Member, reason, at)),
        CardStatus.Blocked => Decision<ICardEvent>.Accept(),
        _ => Refusals.CardUnknown,
    };
}

/// <summary>Why a card may be blocked.</summary>
internal static class BlockReasons
{
    /// <summary>Given when the member is erased; nobody can ask for it.</summary>
    public const string Erased = "erased";

    /// <summary>What an operator may give as the reason.</summary>
    public static readonly IReadOnlyList<string> ByOperators = ["lost", "stolen", "fraud", "closed"];
}
