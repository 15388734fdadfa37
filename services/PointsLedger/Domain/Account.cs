using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>A card that leads to the account.</summary>
/// <param name="Version">Version of the card's own stream that was heard last; an older fact about the card changes nothing.</param>
internal sealed record Card(CardId Id, bool Blocked, long Version)
{
    /// <summary>The account from which the card came by a merge; null for one of the account's own.</summary>
    public AccountId? Of { get; init; }
}

/// <summary>Points set aside for a redeemer until it captures or releases them.</summary>
internal sealed record Reservation(
    PartnerId Redeemer, TransactionId Id, string Store, string Card, int AgreementVersion, ImmutableArray<Draw> Draws)
{
    /// <summary>From then on the points are free again; null for never.</summary>
    public DateTimeOffset? ReleasesAt { get; init; }

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

    /// <summary>Whether it is no member's, but the pool of a household.</summary>
    public bool Pool { get; init; }

    /// <summary>The account that this one leads to; null for none.</summary>
    public Merge? MergedInto { get; init; }

    public ImmutableSortedDictionary<string, Card> Cards { get; init; } = ImmutableSortedDictionary.Create<string, Card>(StringComparer.Ordinal);

    public int LastLot { get; init; }

    public ImmutableArray<Lot> Lots { get; init; } = [];

    public ImmutableArray<Reservation> Reservations { get; init; } = [];

    public Points Debt { get; init; }

    /// <summary>The fraction of a point that rounding has left so far; below zero where it gave too much.</summary>
    public decimal Fraction { get; init; }

    /// <summary>Purchases, partner by partner, as far as offers look back.</summary>
    public ImmutableArray<PartnerVisits> Visits { get; init; } = [];

    /// <summary>What counts towards caps of offers and towards limits.</summary>
    public ImmutableArray<OfferUse> Uses { get; init; } = [];

    /// <summary>The tier the member is in; null for none.</summary>
    public TierStanding? Tier { get; init; }

    /// <summary>What counts towards tiers, month by month, the earliest first.</summary>
    public ImmutableArray<MonthActivity> Months { get; init; } = [];

    /// <summary>The reward the member saves for; null for none.</summary>
    public Goal? Goal { get; init; }

    public static Account Initial(Guid streamId) => new(AccountId.From(streamId));

    /// <summary>What may be spent at a moment of ledger time.</summary>
    public Points Balance(DateTimeOffset at) => Lots.Where(lot => lot.LivesAt(at)).Sum(lot => lot.Free());

    /// <summary>What cannot be spent yet.</summary>
    public Points Pending(DateTimeOffset at) => Lots.Where(lot => lot.PendsAt(at) && !lot.HasLapsedAt(at)).Sum(lot => lot.Free());

    /// <summary>What is set aside in open reservations.</summary>
    public Points Reserved() => Lots.Sum(lot => lot.Reserved);

    public Account When(object @event) => @event switch
    {
        AccountOpened => this with { Opened = true },
        CardLinked e => this with { Cards = Cards.SetItem(e.Number, new Card(e.Card, Blocked: false, e.CardVersion) { Of = e.Of }) },
        CardBlocked e => this with { Cards = Cards.SetItem(e.Number, new Card(e.Card, Blocked: true, e.CardVersion) { Of = e.Of }) },
        PointsAccrued e => Accrued(e),
        DebtRepaid e => this with { Debt = Debt - e.Points, Lots = Lots.Spend(e.Draws) },
        PurchaseReversed e => TakenBack(e),
        PointsReserved e => this with { Lots = Lots.Reserve(e.Draws), Reservations = Reservations.Add(Open(e)), Uses = Uses.Count(e.Limits, e.Points) },
        PointsRedeemed { Reservation: { } reservation } e => Settle(e.Transaction.Partner, reservation, e.Draws) with { Lots = Lots.Capture(e.Draws).Slide(e.Transaction, e.Slid) },
        PointsRedeemed e => this with { Lots = Lots.Spend(e.Draws).Slide(e.Transaction, e.Slid), Uses = Uses.Count(e.Limits, e.Points) },
        ReservationReleased e => Settle(e.Transaction.Partner, e.Reservation, e.Draws) with { Lots = Lots.Release(e.Draws) },
        ReservationTimedOut e => Settle(e.Redeemer, e.Reservation, e.Draws) with { Lots = Lots.Release(e.Draws) },
        PointsActivated e => this with { Lots = Lots.Activate(e.Draws) },
        PointsExpired e => this with { Lots = Lots.Spend(e.Draws) },
        RedemptionReversed e => this with { Lots = Lots.PutBack(e.Draws), LastLot = e.Draws.Aggregate(LastLot, (last, draw) => Math.Max(last, draw.From.Lot)) },
        PointsSent e => Left(e),
        PointsReceived e => Came(e),
        PoolOpened => this with { Opened = true, Pool = true },
        AccountMerged e => this with { MergedInto = new(e.Merge, e.Kind, e.Into, e.OccurredAt) },
        AccountSeparated e => Separated(e),
        TierChanged e => this with { Tier = e.To is null ? null : new(e.To, e.CheckAt, Announced: null) },
        DowngradeAnnounced e => this with { Tier = Tier! with { CheckAt = null, Announced = new(e.To, e.Reason, e.EffectiveAt) } },
        VoucherRedeemed => this,
        GoalChosen e => this with { Goal = new(e.Reward, e.Cost) },
        GoalDropped => this with { Goal = null },
        PointsAdjusted e => Adjusted(e),
        AccountClosed => this with { Closed = true },
        _ => throw new InvalidOperationException($"An account does not know the fact {@event.GetType().Name}."),
    };

    private Account Accrued(PointsAccrued e) => this with
    {
        LastLot = e.Awards is [.., var last] ? last.Lot : e.Lot,
        Lots = Lots.Slide(e.Transaction, e.Slid).Add(e),
        Fraction = Fraction + e.Fraction,
        Visits = Visits.Add(e.Transaction.Partner, new(e.Lot, e.Transaction.OccurredAt)),
        Uses = Uses.Count(e.Awards).Count(e.Limits, e.Earned()),
        Months = e.TierMonth == 0 ? Months : Months.Add(e),
    };

    private Account TakenBack(PurchaseReversed e)
    {
        var lots = Lots.TakeBack(e.Lot, e.Points - e.Debt - e.Lapsed);
        foreach (var award in e.Awards ?? []) lots = lots.TakeBack(award.Lot, award.Points - award.Debt - award.Lapsed);
        return this with
        {
            Debt = Debt + e.Owed(),
            Lots = lots,
            Visits = e.Whole ? Visits.Remove(e.Transaction.Partner, e.Lot) : Visits,
            Uses = Uses.Uncount(e.Awards),
            Months = e.TierMonth == 0 ? Months : Months.TakeBack(e),
        };
    }

    private static Reservation Open(PointsReserved e) =>
        new(e.Transaction.Partner, e.Transaction.Id, e.Store, e.Card, e.AgreementVersion, e.Draws) { ReleasesAt = e.ReleasesAt };

    private Account Settle(PartnerId redeemer, TransactionId id, ImmutableArray<Draw> draws)
    {
        var open = Reservations.Single(r => r.Redeemer == redeemer && r.Id == id);
        var rest = open with { Draws = open.Draws.Except(draws) };
        return this with { Reservations = rest.Draws.IsEmpty ? Reservations.Remove(open) : Reservations.Replace(open, rest) };
    }

    // Opening and cards: facts of other services, judged again here because they may come twice, late or out of order.

    /// <param name="of">The account merged into this one whose card it is; null for a card of its own.</param>
    public Decision<IAccountFact> LinkCard(CardId card, string number, long version, DateTimeOffset occurredAt, DateTimeOffset recordedAt, AccountId? of = null) =>
        Know(number, version, new CardLinked(card, number, version, occurredAt, recordedAt) { Of = of }, occurredAt, recordedAt);

    /// <inheritdoc cref="LinkCard"/>
    public Decision<IAccountFact> BlockCard(
        CardId card, string number, string reason, long version, DateTimeOffset occurredAt, DateTimeOffset recordedAt, AccountId? of = null) =>
        Know(number, version, new CardBlocked(card, number, reason, version, occurredAt, recordedAt) { Of = of }, occurredAt, recordedAt);

    private Decision<IAccountFact> Know(string number, long version, IAccountFact news, DateTimeOffset occurredAt, DateTimeOffset recordedAt)
    {
        if (Closed || (Cards.TryGetValue(number, out var known) && known.Version >= version)) return Accept();
        return Opened ? Accept(news) : Accept(new AccountOpened(new MemberId(Id.Value), occurredAt, recordedAt), news);
    }

    private Refusal? RefuseSpending(string card) =>
        Closed ? Refusals.AccountClosed :
        !Serves(card) ? Refusals.UnknownCard :
        Cards[card].Blocked ? Refusals.CardBlocked : null;

    private static Decision<IAccountFact> Accept(params IReadOnlyList<IAccountFact> facts) => Decision<IAccountFact>.Accept(facts);

    /// <summary>Points that come free pay off what the member owes before they can be spent again.</summary>
    private Decision<IAccountFact> AcceptAndRepay(Transaction transaction, ImmutableArray<Draw> freed, params IReadOnlyList<IAccountFact> facts)
    {
        var after = this.Fold(facts);
        var repayment = after.Lots.Repay(freed, after.Debt, transaction.RecordedAt);
        return repayment.IsEmpty ? Accept(facts) : Accept([.. facts, new DebtRepaid(transaction, repayment.Sum(d => d.Points), repayment)]);
    }
}
