using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>
/// The stored name of every fact. Names and members are for ever: a type may be renamed, what stands in the log may not.
/// One example of each is kept as a golden file by the tests.
/// </summary>
internal static class StoredEvents
{
    public static EventTypes Map(EventTypes types) => types
        .Map<PartnerAdmitted>("partner-admitted")
        .Map<StoreOpened>("store-opened")
        .Map<StoreClosed>("store-closed")
        .Map<AgreementMade>("agreement-made")
        .Map<ApiClientRegistered>("api-client-registered")
        .Map<ApiClientRevoked>("api-client-revoked")
        .Map<ClientSecretIssued>("client-secret-issued")
        .Map<ClientSecretRevoked>("client-secret-revoked")
        .Map<ClientKeyRegistered>("client-key-registered")
        .Map<ClientKeyRevoked>("client-key-revoked")
        .Map<TerminalRegistered>("terminal-registered")
        .Map<TerminalRetired>("terminal-retired")
        .Map<OfferPublished>("offer-published")
        .Map<OfferWithdrawn>("offer-withdrawn")
        .Map<ProgrammePublished>("programme-published")
        .Map<ClearingCalendarPublished>("clearing-calendar-published")
        .Map<ClosingProposed>("cycle-closing-proposed")
        .Map<ClosingRejected>("cycle-closing-rejected")
        .Map<CycleCut>("cycle-cut")
        .Map<CycleClosed>("cycle-closed")
        .Map<MatchingRulePublished>("matching-rule-published")
        .Map<ItemAssigned>("reconciliation-item-assigned")
        .Map<DecisionProposed>("reconciliation-decision-proposed")
        .Map<DecisionRejected>("reconciliation-decision-rejected")
        .Map<DecisionApproved>("reconciliation-decision-approved")
        .Map<BankAccountProposed>("bank-account-proposed")
        .Map<BankAccountRejected>("bank-account-rejected")
        .Map<BankAccountChanged>("bank-account-changed")
        .Map<PaymentsProposed>("cycle-payments-proposed")
        .Map<PaymentsRejected>("cycle-payments-rejected")
        .Map<PaymentsInstructed>("cycle-payments-instructed")
        .Map<PaymentConfirmed>("payment-confirmed")
        .Map<CycleSettled>("cycle-settled")
        .Map<DisputeOpened>("dispute-opened")
        .Map<DisputeAnswered>("dispute-answered")
        .Map<DisputeReplied>("dispute-replied")
        .Map<DisputeWithdrawn>("dispute-withdrawn")
        .Map<DisputeDecisionProposed>("dispute-decision-proposed")
        .Map<DisputeDecisionDeclined>("dispute-decision-declined")
        .Map<DisputeUpheld>("dispute-upheld")
        .Map<DisputeRejected>("dispute-rejected")
        .Map<CorrectionProposed>("correction-proposed")
        .Map<CorrectionRejected>("correction-rejected")
        .Map<CorrectionPosted>("correction-posted")
        .Map<EstimatesProposed>("liability-estimates-proposed")
        .Map<EstimatesApproved>("liability-estimates-approved")
        .Map<EstimatesRejected>("liability-estimates-rejected")
        .Map<PeriodClosingProposed>("liability-closing-proposed")
        .Map<PeriodClosingRejected>("liability-closing-rejected")
        .Map<LiabilityPeriodClosed>("liability-period-closed")
        .Map<BlockProposed>("block-proposed")
        .Map<BlockRejected>("block-rejected")
        .Map<BlockBought>("block-bought")
        .Map<BlockPointsIssued>("block-points-issued")
        .Map<BlockRunningLow>("block-running-low")
        .Map<WebhookRegistered>("webhook-registered")
        .Map<WebhookRemoved>("webhook-removed")
        .Map<WebhookPaused>("webhook-paused")
        .Map<WebhookResumed>("webhook-resumed")
        .Map<WebhookDisabled>("webhook-disabled")
        .Map<WebhookSecretRotated>("webhook-secret-rotated")
        .Map<PostingsSettled>("postings-settled")
        .Map<PointsIssued>("points-issued")
        .Map<IssueReversed>("issue-reversed")
        .Map<PointsAccepted>("points-accepted")
        .Map<AcceptanceReversed>("acceptance-reversed");
}
