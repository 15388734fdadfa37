using System.Text;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Features.Payments;

internal static class ShowPayments
{
    private const string Csv = "text/csv";
    private const string Xml = "application/xml";

    public static void MapShowPayments(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/clearing/cycles/{id}/payments", async (string id, HttpContext http, DocumentStore store, ClearingReader reader, TimeProvider clock, CancellationToken ct) =>
                await Find(id, store, reader, clock, ct) is { } payments && ShownPayments.Of(payments, await reader.Names(ct), http.Caller().Partner) is { } shown
                    ? TypedResults.Ok(shown)
                    : (IResult)Problem.NotFound())
            .RequireScope("settlement.read")
            .Produces<ShownPayments>()
            .WithSummary("Show the payments of a clearing cycle")
            .WithDescription("Each with what the bank has confirmed of it. A partner's client sees its own, once they are instructed.");

        app.MapGet("/v1/clearing/cycles/{id}/payments.csv", async (string id, HttpContext http, DocumentStore store, ClearingReader reader, TimeProvider clock, CancellationToken ct) =>
            {
                if (await Find(id, store, reader, clock, ct) is not { } payments || ShownPayments.Of(payments, await reader.Names(ct), http.Caller().Partner) is not { } shown)
                    return Problem.NotFound();
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"payments-{shown.CycleId}.csv\"";
                return Results.Text(PaymentsCsv.Of(shown), Csv, Encoding.UTF8);
            })
            .RequireScope("settlement.read")
            .Produces<string>(StatusCodes.Status200OK, Csv)
            .WithSummary("Download the payments of a clearing cycle as CSV")
            .WithDescription("What the coalition pays (pay) and what partners have to pay (collect), which stays open until it is confirmed: nothing is debited from anybody.");

        app.MapGet("/v1/clearing/cycles/{id}/payments/{currency}.xml", async (
                string id, string currency, HttpContext http, DocumentStore store, ClearingReader reader, TimeProvider clock, CancellationToken ct) =>
            {
                if (!Currency.TryFrom(currency, out var known) || await Find(id, store, reader, clock, ct) is not { Instructed: { } instructed }
                    || CreditTransferInitiation.Of(instructed, known) is not { } message)
                    return Problem.NotFound();
                http.Response.Headers.ContentDisposition = $"attachment; filename=\"pain.001-{id}-{known}.xml\"";
                return Results.Text(message, Xml, Encoding.UTF8);
            })
            .RequireScope("clearing.manage")
            .Produces<string>(StatusCodes.Status200OK, Xml)
            .WithSummary("Download the credit transfers of a clearing cycle")
            .WithDescription("What the coalition pays in one currency, as a pain.001.001.09 message of ISO 20022 for its bank; the same message every time. There is one once the payments are instructed.");
    }

    private static async Task<CyclePayments?> Find(string id, DocumentStore store, ClearingReader reader, TimeProvider clock, CancellationToken ct) =>
        await reader.Find(id, clock.GetUtcNow(), ct) is { Cycle.Id: var cycle } ? (await store.Load<CyclePayments>(CyclePayments.StreamOf(cycle), ct))?.State : null;
}
