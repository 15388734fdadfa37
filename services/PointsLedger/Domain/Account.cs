using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

// The facts. Their property names are storage format: they decode for ever, so they are only ever added to.

/// <summary>Something that happened to an account and is stored in its stream.</summary>
internal interface IAccountFact;

/// <summary>A fact that a partner's transaction caused.</summary>
internal interface ITransactionFact : IAccountFact
{
    Transaction Transaction { get; }
}

/// <summary>Who asked for it under which id, when it happened and when the ledger recorded it.</summary>
internal sealed record Transaction(PartnerId Partner, TransactionId Id, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, bool Late = false);

internal sealed record AccountOpened(MemberId Member, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IAccountFact;

internal sealed record CardLinked(CardId Card, string Number, long CardVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IAccountFact;

internal sealed record CardBlocked(
    CardId Card, string Number, string Reason, long CardVersion, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IAccountFact;

internal sealed record PointsAccrued(
    Transaction Transaction, string Store, string Card, Money Amount, Terms Terms, int Lot, Points Points, DateTimeOffset? ExpiresAt) : ITransactionFact;

internal sealed record DebtRepaid(Transaction Transaction, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record PurchaseReversed(
    Transaction Transaction, TransactionId Purchase, string Store, Money Amount, int AgreementVersion, int Lot, Points Points, Points Debt) : ITransactionFact;

internal sealed record PointsReserved(
    Transaction Transaction, string Store, string Card, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record PointsRedeemed(
    Transaction Transaction, TransactionId? Reservation, string Store, string Card, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record ReservationReleased(Transaction Transaction, TransactionId Reservation, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record RedemptionReversed(
    Transaction Transaction, TransactionId Redemption, string Store, int AgreementVersion, Points Points, ImmutableArray<Draw> Draws) : ITransactionFact;

internal sealed record AccountClosed(string Reason, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IAccountFact;

// The state.

/// <summary>A card that leads to the account.</summary>
/// <param name="Version">Version of the card's own stream that was heard last; an older fact about the card changes nothing.</param>
internal sealed record Card(CardId Id, bool Blocked, long Version);

/// <summary>Points set aside for a redeemer until it captures or releases them.</summary>
internal sealed record Reservation(
    PartnerId Redeemer, TransactionId Id, string Store, string Card, int AgreementVersion, ImmutableArray<Draw> Draws)
{
    public Points Held() => Draws.Sum(d => d.Points);
}

/// <summary>
/// A member's points account. It holds only what later decisions need of every request: lots that still have points, open
/// reservations, cards and debt; so it stays small however long its stream grows. What is asked once in a while, such as how
/// much of a purchase has been returned, is folded from that purchase's own facts (<see cref="Purchase"/>).
/// </summary>
internal sealed partial record Account(AccountId Id) : IAggregate<Account>
{
    public static string Alias => "member_account";

    public bool Opened { get; init; }

    public bool Closed { get; init; }

    public ImmutableSortedDictionary<string, Card> Cards { get; init; } = ImmutableSortedDictionary.Create<string, Card>(StringComparer.Ordinal);

    public int LastLot { get; init; }

    public ImmutableArray<Lot> Lots { get; init; } = [];

    public ImmutableArray<Reservation> Reservations { get; init; } = [];

    public Points Debt { get; init; }

    public static Account Initial(Guid streamId) => new(AccountId.From(streamId));

    /// <summary>What may be spent at a moment of ledger time.</summary>
    public Points Balance(DateTimeOffset at) => Lots.Where(lot => lot.LivesAt(at)).Sum(lot => lot.Free());

    /// <summary>What is set aside in open reservations.</summary>
    public Points Reserved() => Lots.Sum(lot => lot.Reserved);

    public Account When(object @event) => @event switch
    {
        AccountOpened => this with { Opened = true },
        CardLinked e => this with { Cards = Cards.SetItem(e.Number, new Card(e.Card, Blocked: false, e.CardVersion)) },
        CardBlocked e => this with { Cards = Cards.SetItem(e.Number, new Card(e.Card, Blocked: true, e.CardVersion)) },
        PointsAccrued e => this with { LastLot = e.Lot, Lots = Lots.Add(e) },
        DebtRepaid e => this with { Debt = Debt - e.Points, Lots = Lots.Spend(e.Draws) },
        PurchaseReversed e => this with { Debt = Debt + e.Debt, Lots = Lots.TakeBack(e.Lot, e.Points - e.Debt) },
        PointsReserved e => this with { Lots = Lots.Reserve(e.Draws), Reservations = Reservations.Add(Open(e)) },
        PointsRedeemed { Reservation: { } reservation } e => Settle(e.Transaction.Partner, reservation, e.Draws) with { Lots = Lots.Capture(e.Draws) },
        PointsRedeemed e => this with { Lots = Lots.Spend(e.Draws) },
        ReservationReleased e => Settle(e.Transaction.Partner, e.Reservation, e.Draws) with { Lots = Lots.Release(e.Draws) },
        RedemptionReversed e => this with { Lots = Lots.PutBack(e.Draws) },
        AccountClosed => this with { Closed = true },
        _ => throw new InvalidOperationException($"An account does not know the fact {@event.GetType().Name}."),
    };

    private static Reservation Open(PointsReserved e) =>
        new(e.Transaction.Partner, e.Transaction.Id, e.Store, e.Card, e.AgreementVersion, e.Draws);

    private Account Settle(PartnerId redeemer, TransactionId id, ImmutableArray<Draw> draws)
    {
        var open = Reservations.Single(r => r.Redeemer == redeemer && r.Id == id);
        var rest = open with { Draws = open.Draws.Except(draws) };
        return this with { Reservations = rest.Draws.IsEmpty ? Reservations.Remove(open) : Reservations.Replace(open, rest) };
    }

    // Opening, cards, closing: facts of other services, judged again here because they may come twice, late or out of order.

    public Decision<IAccountFact> LinkCard(CardId card, string number, long version, DateTimeOffset occurredAt, DateTimeOffset recordedAt) =>
        Know(number, version, new CardLinked(card, number, version, occurredAt, recordedAt), occurredAt, recordedAt);

    public Decision<IAccountFact> BlockCard(CardId card, string number, string reason, long version, DateTimeOffset occurredAt, DateTimeOffset recordedAt) =>
        Know(number, version, new CardBlocked(card, number, reason, version, occurredAt, recordedAt), occurredAt, recordedAt);

    public Decision<IAccountFact> Close(string reason, DateTimeOffset occurredAt, DateTimeOffset recordedAt) =>
        Closed ? Accept() : Accept(new AccountClosed(reason, occurredAt, recordedAt));

    private Decision<IAccountFact> Know(string number, long version, IAccountFact news, DateTimeOffset occurredAt, DateTimeOffset recordedAt)
    {
        if (Closed || (Cards.TryGetValue(number, out var known) && known.Version >= version)) return Accept();
        return Opened ? Accept(news) : Accept(new AccountOpened(new MemberId(Id.Value), occurredAt, recordedAt), news);
    }

    private Refusal? RefuseSpending(string card) =>
        Closed ? Refusals.AccountClosed :
        !Cards.TryGetValue(card, out var known) ? Refusals.UnknownCard :
        known.Blocked ? Refusals.CardBlocked : null;

    private static Decision<IAccountFact> Accept(params IReadOnlyList<IAccountFact> facts) => Decision<IAccountFact>.Accept(facts);

    /// <summary>Points that come free pay off what the member owes before they can be spent again.</summary>
    private Decision<IAccountFact> AcceptAndRepay(Transaction transaction, ImmutableArray<Draw> freed, params IReadOnlyList<IAccountFact> facts)
    {
        var after = this.Fold(facts);
        var repayment = after.Lots.Repay(freed, after.Debt, transaction.RecordedAt);
        return repayment.IsEmpty ? Accept(facts) : Accept([.. facts, new DebtRepaid(transaction, repayment.Sum(d => d.Points), repayment)]);
    }
}
