using Loyalty.Checkpoints;
using Loyalty.CoalitionPartners.Clearing;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Features.Batches;
using Loyalty.CoalitionPartners.Features.Clearing;
using Loyalty.CoalitionPartners.Features.Clients;
using Loyalty.CoalitionPartners.Features.Disputes;
using Loyalty.CoalitionPartners.Features.Liability;
using Loyalty.CoalitionPartners.Features.Offers;
using Loyalty.CoalitionPartners.Features.Partners;
using Loyalty.CoalitionPartners.Features.Payments;
using Loyalty.CoalitionPartners.Features.Reconciling;
using Loyalty.CoalitionPartners.Features.Webhooks;
using Loyalty.CoalitionPartners.Identity;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Liability;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.CoalitionPartners.Printing;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.Commands;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("coalition-partners");

// What is true: streams of partners, of their months, of offers and of the programme, and the views folded from them.
builder.Services.AddEventStore(builder.Configuration, store =>
{
    StoredEvents.Map(store.Types);
    store.Snapshot<Partner>().Snapshot<SettlementPeriod>().Snapshot<PrepaidAccount>();
    store.Project<PartnersView>().Project<SettlementView>().Project<OffersView>().Project<ClearingView>().Project<DisputesView>();
});
builder.Services.AddSingleton<SettlementStatement>();
builder.Services.AddSingleton<ClearingReader>().AddSingleton<StatementEntries>().AddSingleton<ClearingBooks>().AddSingleton<Statements>().AddSingleton<StatementPostings>().AddSingleton<InstalledTypeface>().AddHostedService<CycleCloser>();
builder.Services.AddSingleton<PartiesReader>().AddSingleton<DisputesReader>();
builder.Services.AddSingleton<LiabilityReader>().AddSingleton<LiabilityBooks>();

// What is signed, so that partners can prove it: a settlement fact is about one partner and nobody else.
builder.Services.AddCheckpoints(builder.Configuration, "coalition-partners", checkpoints => checkpoints
    .AfterEvents("cycle-closed")
    .ShowFactsTo(fact => (fact as SettlementFact)?.Settled().Partner));

// What others hear of it, and what is heard from the ledger.
builder.Services.AddMessaging(builder.Configuration, "coalition-partners", messaging =>
{
    messaging.Publish(PublishedEvents.Map);
    messaging.Consume<OnPurchaseAccrued, OnPurchaseReversed, OnPointsRedeemed, OnRedemptionReversed, OnPointsAdjusted, OnPointsExpired>(Subscriptions.CoalitionPartnersSettlement);
    messaging.Consume<OnTransactionPosted>(Subscriptions.CoalitionPartnersTransactions);
    messaging.Consume<OnPointsMoved>(Subscriptions.CoalitionPartnersLiability);
    messaging.Consume<OnTransactionAnswered>(Subscriptions.CoalitionPartnersBatches);
});
builder.Services.AddSingleton<AgreedTerms>().AddSingleton<SettlementStreams>();

// Files that partners send, and their way to the ledger and back.
builder.Services.AddBatches(builder.Configuration);

// Partners' books, compared with what the ledger told.
builder.Services.AddReconciliations();

// What partners are told of it at addresses of their own.
builder.Services.AddWebhooks(builder.Configuration);

// What can be asked for, and by whom.
builder.Services.AddCommands(typeof(Program).Assembly);
builder.Services.AddRefusals(refusals => refusals.Map("partner-unknown", 404).Map("client-unknown", 404).Map("offer-unknown", 404)
    .Map("store-unknown", 404).Map("store-closed", 409).Map("terminal-unknown", 404).Map("secret-unknown", 404).Map("key-unknown", 404)
    .Map("cycle-unknown", 404).Map("same-person", 403).Map("block-unknown", 404).Map("block-decided", 409)
    .Map("item-unknown", 404).Map("item-decided", 409).Map("decision-proposed", 409).Map("decision-not-proposed", 409).Map("reconciliation-not-complete", 409)
    .Map("payment-unknown", 404).Map("payments-decided", 409).Map("payments-outdated", 409).Map("bank-account-pending", 409)
    .Map("dispute-unknown", 404).Map("line-unknown", 404).Map("dispute-decided", 409)
    .Map("correction-unknown", 404).Map("correction-decided", 409)
    .Map("webhook-unknown", 404)
    .Map("estimates-unknown", 404).Map("period-unknown", 404).Map("liability-decided", 409));
builder.Services.AddSingleton<SigningKeys>().AddSingleton<AccessTokens>().AddSingleton<ApiClients>().AddSingleton<WrongSecrets>();
builder.Services.AddSingleton<UsedAssertionRows>().AddSingleton<ClientAssertions>();
builder.Services.Configure<TokenOptions>(tokens => tokens.LocalKeys = (services, ct) => services.GetRequiredService<SigningKeys>().JwkSet(ct));

var app = builder.Build();
app.UseServiceDefaults();

app.MapIssueToken();
app.MapPublishAuthority();

app.MapAdmitPartner();
app.MapOpenStore();
app.MapCloseStore();
app.MapRegisterTerminal();
app.MapRetireTerminal();
app.MapListTerminals();
app.MapMakeAgreement();
app.MapRegisterApiClient();
app.MapRevokeApiClient();
app.MapIssueClientSecret();
app.MapRevokeClientSecret();
app.MapRegisterClientKey();
app.MapRevokeClientKey();
app.MapListPartners();
app.MapShowPartner();

app.MapPublishOffer();
app.MapWithdrawOffer();
app.MapListOffers();
app.MapShowOffer();
app.MapPublishProgramme();
app.MapShowProgramme();
app.MapPublishSchemas();

app.MapProposeBlock();
app.MapDecideOnBlock();
app.MapShowBlocks();

app.MapShowSettlement();
app.MapCheckpoints();

app.MapPublishClearingCalendar();
app.MapShowClearingCalendar();
app.MapProposeClosing();
app.MapDecideOnClosing();
app.MapListClearingCycles();
app.MapShowClearingCycle();
app.MapShowStatement();
app.MapShowStatementPostings();

app.MapProposeBankAccount();
app.MapDecideOnBankAccount();
app.MapShowBankAccount();
app.MapProposePayments();
app.MapDecideOnPayments();
app.MapShowPayments();
app.MapConfirmPayment();
app.MapConfirmPayments();

app.MapOpenDispute();
app.MapDiscussDispute();
app.MapProposeDisputeDecision();
app.MapDecideOnDispute();
app.MapShowDisputes();
app.MapProposeCorrection();
app.MapDecideOnCorrection();
app.MapShowCorrections();

app.MapShowLiability();
app.MapShowRevenue();
app.MapShowSensitivity();
app.MapProposeEstimates();
app.MapDecideOnEstimates();
app.MapShowEstimates();
app.MapProposePeriodClosing();
app.MapDecideOnPeriodClosing();
app.MapShowLiabilityPeriods();

app.MapSubmitBatch();
app.MapShowBatches();
app.MapCancelBatch();

app.MapSubmitReconciliation();
app.MapShowReconciliations();
app.MapAssignItem();
app.MapProposeDecision();
app.MapDecideOnItem();
app.MapPublishMatchingRule();
app.MapTryMatchingRule();

app.MapWebhooks();

await app.RunService(args);
