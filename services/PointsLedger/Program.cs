using Loyalty.Checkpoints;
using Loyalty.Commands;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Integration;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults("points-ledger");
builder.Services.AddEventStore(builder.Configuration, store =>
{
    store.KeepAccounts();
    store.Project<LiabilityView>().Project<LapseView>();
    store.Project<TrialBalanceView>();
    store.Project<StatementView>();
    store.Project<AdjustmentsView>().Project<FlagsView>();
});
builder.Services.AddCommands(typeof(RecordPurchase).Assembly);
// Before the consumers, so that they have ended when the lanes close: what starts first stops last.
builder.Services
    .AddSingleton(LaneOptions.From(builder.Configuration))
    .AddSingleton<SoleReplica>()
    .AddHostedService(services => services.GetRequiredService<SoleReplica>())
    .AddSingleton<PostingLanes>()
    .AddSingleton<DryRuns>()
    .AddSingleton(typeof(PostingDesk<,>))
    .AddHostedService(services => services.GetRequiredService<PostingLanes>())
    .AddSingleton(SweepOptions.From(builder.Configuration))
    .AddHostedService<LapseSweep>();
builder.Services.AddMessaging(builder.Configuration, "points-ledger", messages =>
{
    messages.Publish(PublishedEvents.Map);
    messages.Consume<OnPartnerAdmitted, OnStoreOpened, OnStoreClosed, OnAgreementChanged, OnPrepaidBlockBought>(Subscriptions.PointsLedgerPartners);
    messages.Consume<OnOfferPublished, OnProgrammePublished>(Subscriptions.PointsLedgerRules);
    messages.Consume<OnCardLinked, OnCardBlocked>(Subscriptions.PointsLedgerCards);
    messages.Consume<OnProfileChanged, OnCustomerErased>(Subscriptions.PointsLedgerMembers);
    messages.Consume<OnTransactionSubmitted>(Subscriptions.PointsLedgerTransactions);
});
builder.Services.AddCheckpoints(builder.Configuration, "points-ledger");
builder.Services.AddRefusals(refusals => refusals
    .Map("unknown-card", 404).Map("unknown-account", 404).Map("reservations-open", 409)
    .Map("unknown-pool", 404).Map("account-merged", 409).Map("account-exists", 409).Map("not-merged", 409).Map("undo-too-late", 409).Map("unknown-transaction", 404).Map("account-closed", 404)
    .Map("purchase-reversed", 409).Map("redemption-reversed", 409).Map("reservation-reversed", 409)
    .Map("transaction-reversed", 409)
    .Map("unknown-reward", 404).Map("reward-withdrawn", 409).Map("reward-differs", 409).Map("code-taken", 409)
    .Map("unknown-voucher", 404).Map("voucher-redeemed", 409).Map("voucher-already-redeemed", 409)
    .Map("unknown-adjustment", 404).Map("same-person", 403).Map("adjustment-decided", 409));
builder.Services
    .AddScoped<AccountDesk>()
    .AddScoped<AccountMerging>()
    .AddSingleton<TransactionRows>()
    .AddSingleton<LinesInHand>()
    .AddSingleton<VoucherRows>()
    .AddSingleton<RewardsView>()
    .AddSingleton<MergeRows>()
    .AddSingleton<CardIndex>()
    .AddSingleton<MemberIndex>()
    .AddSingleton<RuleBook>()
    .AddSingleton<TillBook>()
    .AddSingleton<AccountReader>()
    .AddSingleton<TransactionExchange>()
    .AddSingleton<HistoryView>()
    .AddSingleton<LiabilityReader>()
    .AddSingleton<TrialBalanceReader>()
    .AddSingleton<StatementReader>()
    .AddSingleton<HindsightReader>()
    .AddSingleton<WhatIfRows>()
    .AddSingleton<WhatIfHistory>()
    .AddSingleton<WhatIfRun>()
    .AddHostedService<WhatIfWorker>()
    .AddSingleton<AdjustmentsReader>()
    .AddSingleton<FlagsReader>()
    .AddSingleton(LedgerPolicies.Adjustments(builder.Configuration))
    .AddSingleton<LedgerTime>()
    .AddSingleton(LedgerPolicies.Times(builder.Configuration))
    .AddSingleton(services => LedgerPolicies.Scans(builder.Configuration, services.GetRequiredService<TimeProvider>()));

var app = builder.Build();

app.UseServiceDefaults();
app.MapRecordPurchase();
app.MapReturnPurchase();
app.MapRedeemPoints();
app.MapReservePoints();
app.MapCaptureReservation();
app.MapReleaseReservation();
app.MapReverseTransaction();
app.MapPostTransactions();
app.MapTransferPoints();
app.MapListReward();
app.MapAddStock();
app.MapWithdrawReward();
app.MapGetRewards();
app.MapClaimReward();
app.MapRedeemVoucher();
app.MapChooseGoal();
app.MapCloseAccount();
app.MapMergeAccounts();
app.MapUndoMerge();
app.MapOpenPool();
app.MapJoinPool();
app.MapLeavePool();
app.MapGetTransaction();
app.MapGetBalance();
app.MapGetHistory();
app.MapGetLiability();
app.MapGetTrialBalance();
app.MapGetStatement();
app.MapGetAccountAsOf();
app.MapWhatIfs();
app.MapProposeAdjustment();
app.MapApproveAdjustment();
app.MapRejectAdjustment();
app.MapGetAdjustments();
app.MapGetFlags();
app.MapCheckpoints();

await app.RunService(args);
