using System.Net;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class DescribingItself(TheService service)
{
    [Fact]
    public async Task names_every_address_with_what_it_does()
    {
        var reply = await service.Get("/openapi/v1.json", "");
        reply.Status.ShouldBe(HttpStatusCode.OK);
        var paths = reply.Body.GetProperty("paths").EnumerateObject().ToList();
        paths.Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(
        [
            "/.well-known/checkpoint-keys.json", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server", "/connect/token",
            "/v1/batches", "/v1/batches/{id}", "/v1/batches/{id}/cancellation", "/v1/batches/{id}/lines", "/v1/batches/{id}/report.csv", "/v1/batches/{id}/report.ndjson",
            "/v1/checkpoints", "/v1/checkpoints/{size}", "/v1/checkpoints/{size}/consistency", "/v1/checkpoints/{size}/inclusion",
            "/v1/clearing/bank-account", "/v1/clearing/bank-account/approval", "/v1/clearing/bank-account/rejection",
            "/v1/clearing/calendar", "/v1/clearing/corrections", "/v1/clearing/corrections/{correctionId}", "/v1/clearing/corrections/{correctionId}/approval",
            "/v1/clearing/corrections/{correctionId}/rejection", "/v1/clearing/cycles", "/v1/clearing/cycles/{id}", "/v1/clearing/cycles/{id}/closing", "/v1/clearing/cycles/{id}/closing/approval",
            "/v1/clearing/cycles/{id}/closing/rejection", "/v1/clearing/cycles/{id}/payments", "/v1/clearing/cycles/{id}/payments.csv",
            "/v1/clearing/cycles/{id}/payments/approval", "/v1/clearing/cycles/{id}/payments/rejection", "/v1/clearing/cycles/{id}/payments/{currency}.xml",
            "/v1/clearing/cycles/{id}/payments/{endToEndId}/confirmation", "/v1/clearing/cycles/{id}/statements/{partnerId}", "/v1/clearing/cycles/{id}/statements/{partnerId}.csv",
            "/v1/clearing/cycles/{id}/statements/{partnerId}.html", "/v1/clearing/cycles/{id}/statements/{partnerId}.pdf", "/v1/clearing/cycles/{id}/statements/{partnerId}/lines/{lineId}/disputes",
            "/v1/clearing/cycles/{id}/statements/{partnerId}/lines/{lineId}/postings",
            "/v1/clearing/disputes", "/v1/clearing/disputes/ageing", "/v1/clearing/disputes/{disputeId}", "/v1/clearing/disputes/{disputeId}/answer",
            "/v1/clearing/disputes/{disputeId}/decision", "/v1/clearing/disputes/{disputeId}/decision/approval", "/v1/clearing/disputes/{disputeId}/decision/rejection",
            "/v1/clearing/disputes/{disputeId}/reply", "/v1/clearing/disputes/{disputeId}/withdrawal",
            "/v1/clients/self/secrets",
            "/v1/liability", "/v1/liability.csv", "/v1/liability/estimates", "/v1/liability/estimates/{version}/approval", "/v1/liability/estimates/{version}/rejection",
            "/v1/liability/periods", "/v1/liability/periods/{month}", "/v1/liability/periods/{month}/closing", "/v1/liability/periods/{month}/closing/approval",
            "/v1/liability/periods/{month}/closing/rejection", "/v1/liability/revenue", "/v1/liability/revenue.csv", "/v1/liability/sensitivity",
            "/v1/offers", "/v1/offers/{id}", "/v1/offers/{id}/withdrawal",
            "/v1/partners", "/v1/partners/{partnerId}", "/v1/partners/{partnerId}/agreements", "/v1/partners/{partnerId}/bank-account",
            "/v1/partners/{partnerId}/bank-account/approval", "/v1/partners/{partnerId}/bank-account/rejection", "/v1/partners/{partnerId}/blocks",
            "/v1/partners/{partnerId}/blocks/{blockId}/approval", "/v1/partners/{partnerId}/blocks/{blockId}/rejection", "/v1/partners/{partnerId}/clients",
            "/v1/partners/{partnerId}/clients/{clientId}/keys", "/v1/partners/{partnerId}/clients/{clientId}/keys/{keyId}/revocation",
            "/v1/partners/{partnerId}/clients/{clientId}/revoke", "/v1/partners/{partnerId}/clients/{clientId}/secrets",
            "/v1/partners/{partnerId}/clients/{clientId}/secrets/{secretId}/revocation", "/v1/partners/{partnerId}/stores",
            "/v1/partners/{partnerId}/stores/{store}/closing", "/v1/partners/{partnerId}/stores/{store}/terminals", "/v1/partners/{partnerId}/stores/{store}/terminals/{terminal}/retirement",
            "/v1/payments/confirmations", "/v1/programme", "/v1/reconciliation-rule", "/v1/reconciliations", "/v1/reconciliations/ageing", "/v1/reconciliations/{id}", "/v1/reconciliations/{id}/dry-run",
            "/v1/reconciliations/{id}/items", "/v1/reconciliations/{id}/items/{item}", "/v1/reconciliations/{id}/items/{item}/approval",
            "/v1/reconciliations/{id}/items/{item}/assignment", "/v1/reconciliations/{id}/items/{item}/decision", "/v1/reconciliations/{id}/items/{item}/rejection",
            "/v1/reconciliations/{id}/report.csv", "/v1/schemas/offer", "/v1/schemas/programme", "/v1/settlements", "/v1/settlements/status",
            "/v1/webhooks", "/v1/webhooks/{id}", "/v1/webhooks/{id}/deliveries", "/v1/webhooks/{id}/deliveries/{eventId}/replay", "/v1/webhooks/{id}/pause",
            "/v1/webhooks/{id}/replay", "/v1/webhooks/{id}/resume", "/v1/webhooks/{id}/secret-rotation", "/v1/webhooks/{id}/test",
        ]);
        paths.SelectMany(p => p.Value.EnumerateObject()).ShouldAllBe(o => o.Value.GetProperty("summary").GetString() != "" && o.Value.GetProperty("description").GetString() != "");
    }
}
