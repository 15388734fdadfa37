using Loyalty.Cards.Features;
using Loyalty.Cards.Integration;
using Loyalty.Cards.Storage;
using Loyalty.Commands;
using Loyalty.Contracts;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.ServiceDefaults;

const string Service = "cards";

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(Service);
builder.Services.AddEventStore(builder.Configuration, store => StoredEvents.Map(store.Types));
builder.Services.AddCommands(typeof(Program).Assembly);
builder.Services.AddMessaging(builder.Configuration, Service, messaging =>
{
    messaging.Publish(PublishedEvents.Map);
    messaging.Consume<OnCustomerEnrolled, OnCustomerErased>(Subscriptions.CardsMembers);
});
builder.Services.AddRefusals(refusals => refusals
    .Map("card-unknown", 404).Map("member-erased", 404)
    .Map("card-not-active", 409).Map("card-blocked", 409).Map("card-already-linked", 409));
builder.Services.AddSingleton<NumberRuns>();
builder.Services.AddSingleton<PrintedCards>();
builder.Services.AddSingleton<KnownMembers>();
builder.Services.AddScoped<CardDecision>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefineCardProduct();
app.MapIssueCards();
app.MapResolveCard();
app.MapActivateCard();
app.MapLinkCard();
app.MapBlockCard();
await app.RunService(args);
