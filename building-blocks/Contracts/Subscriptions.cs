using CardEvents = Loyalty.Contracts.Cards.V1;
using CustomerEvents = Loyalty.Contracts.Customers.V1;
using LedgerEvents = Loyalty.Contracts.PointsLedger.V1;
using PartnerEvents = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.Contracts;

/// <summary>A queue of one service and the events it listens to.</summary>
/// <param name="Queue">The RabbitMQ queue: <c>service.topic</c>.</param>
/// <param name="Events">Contract types bound to it.</param>
public sealed record Subscription(string Queue, params IReadOnlyList<Type> Events)
{
    /// <summary>
    /// Whether the events stand in their publisher's log, and are told from there. What stands in no log is sent by whoever
    /// can send it again, and holds up nothing else when this queue is missing.
    /// </summary>
    public bool FromLog { get; init; } = true;
}

/// <summary>
/// Who listens to what: the whole traffic between the services in one table. Consumers take their bindings from here, and a
/// publisher waits until every queue named here for its events exists, because RabbitMQ confirms messages that no queue gets.
/// </summary>
public static class Subscriptions
{
    /// <summary>What the ledger must know of partners to rate and to accept.</summary>
    public static readonly Subscription PointsLedgerPartners = new("points-ledger.partners",
        typeof(PartnerEvents.PartnerAdmitted), typeof(PartnerEvents.StoreOpened), typeof(PartnerEvents.StoreClosed), typeof(PartnerEvents.AgreementChanged),
        typeof(PartnerEvents.PrepaidBlockBought));

    /// <summary>By which rules the ledger rates.</summary>
    public static readonly Subscription PointsLedgerRules = new("points-ledger.rules",
        typeof(PartnerEvents.OfferPublished), typeof(PartnerEvents.ProgrammePublished));

    /// <summary>Which card leads to which account, and which one may spend.</summary>
    public static readonly Subscription PointsLedgerCards = new("points-ledger.cards",
        typeof(CardEvents.CardLinked), typeof(CardEvents.CardBlocked));

    /// <summary>What rules may know of members, and which members are gone.</summary>
    public static readonly Subscription PointsLedgerMembers = new("points-ledger.members",
        typeof(CustomerEvents.ProfileChanged), typeof(CustomerEvents.CustomerErased));

    /// <summary>What partners have submitted in batches.</summary>
    public static readonly Subscription PointsLedgerTransactions = new("points-ledger.transactions", typeof(PartnerEvents.TransactionSubmitted)) { FromLog = false };

    /// <summary>Whom a card may be linked to.</summary>
    public static readonly Subscription CardsMembers = new("cards.members",
        typeof(CustomerEvents.CustomerEnrolled), typeof(CustomerEvents.CustomerErased));

    /// <summary>What moves money between partners.</summary>
    public static readonly Subscription CoalitionPartnersSettlement = new("coalition-partners.settlement",
        typeof(LedgerEvents.PurchaseAccrued), typeof(LedgerEvents.PurchaseReversed),
        typeof(LedgerEvents.PointsRedeemed), typeof(LedgerEvents.RedemptionReversed), typeof(LedgerEvents.PointsAdjusted),
        typeof(LedgerEvents.PointsExpired));

    /// <summary>Partners' transactions, to compare with the partners' own books.</summary>
    public static readonly Subscription CoalitionPartnersTransactions = new("coalition-partners.transactions",
        typeof(LedgerEvents.PurchaseAccrued), typeof(LedgerEvents.PurchaseReversed), typeof(LedgerEvents.PointsRedeemed), typeof(LedgerEvents.RedemptionReversed));

    /// <summary>What moves points that members hold, and with them what their issuers are liable for.</summary>
    public static readonly Subscription CoalitionPartnersLiability = new("coalition-partners.liability",
        typeof(LedgerEvents.PurchaseAccrued), typeof(LedgerEvents.PurchaseReversed), typeof(LedgerEvents.PointsRedeemed),
        typeof(LedgerEvents.RedemptionReversed), typeof(LedgerEvents.PointsExpired), typeof(LedgerEvents.PointsAdjusted), typeof(LedgerEvents.DebtRepaid));

    /// <summary>What became of the lines of partners' batches.</summary>
    public static readonly Subscription CoalitionPartnersBatches =
        new("coalition-partners.batches", typeof(LedgerEvents.TransactionAnswered)) { FromLog = false };

    /// <summary>How active a member is.</summary>
    public static readonly Subscription CustomersActivity = new("customers.activity",
        typeof(LedgerEvents.PurchaseAccrued), typeof(LedgerEvents.PointsRedeemed));

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Subscription> All =
    [
        PointsLedgerPartners, PointsLedgerRules, PointsLedgerCards, PointsLedgerMembers, PointsLedgerTransactions, CardsMembers, CoalitionPartnersSettlement,
        CoalitionPartnersTransactions, CoalitionPartnersLiability, CoalitionPartnersBatches, CustomersActivity,
    ];
}
