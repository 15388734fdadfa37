using System.Security.Cryptography;
using Loyalty.Commands;
using Loyalty.Contracts;
using Loyalty.Customers.Features;
using Loyalty.Customers.Integration;
using Loyalty.Customers.Storage;
using Loyalty.Customers.Views;
using Loyalty.EventStore;
using Loyalty.Messaging;
using Loyalty.ServiceDefaults;

const string Service = "customers";

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(Service, (MasterKey.Setting, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
builder.Services.AddEventStore(builder.Configuration, store => StoredEvents.Map(store.Types));
builder.Services.AddCommands(typeof(Program).Assembly);
builder.Services.AddMessaging(builder.Configuration, Service, messaging =>
{
    messaging.Publish(async (services, page, ct) =>
    {
        var members = await services.GetRequiredService<MembersOfPages>().Of(page, ct);
        return stored => PublishedEvents.Map(stored, members);
    });
    messaging.Consume<OnPurchaseAccrued, OnPointsRedeemed>(Subscriptions.CustomersActivity);
});
builder.Services.AddRefusals(refusals => refusals.Map("member-unknown", 404).Map("already-enrolled", 409));
builder.Services.AddSingleton(MasterKey.From(builder.Configuration[MasterKey.Setting]));
builder.Services.AddSingleton<MemberKeys>();
builder.Services.AddSingleton<Members>();
builder.Services.AddSingleton<MembersOfPages>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapEnrolMember();
app.MapReadMember();
app.MapChangePrivilege();
app.MapCorrectBirthday();
app.MapChangeSegments();
app.MapAssignSegment();
app.MapEraseMember();
await app.RunService(args);
