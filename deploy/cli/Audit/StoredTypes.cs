namespace Loyalty.Cli.Audit;

/// <summary>The types of events that the other services store. Their bodies are theirs; what settlement needs of them is read elsewhere.</summary>
internal static class StoredTypes
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["partners"] =
        [
            "partner-admitted", "store-opened", "store-closed", "agreement-made", "api-client-registered", "api-client-revoked", "offer-published", "offer-withdrawn",
            "client-secret-issued", "client-secret-revoked", "client-key-registered", "client-key-revoked", "terminal-registered", "terminal-retired",
            "programme-published", "block-proposed", "block-rejected", "block-bought", "block-points-issued", "block-running-low", "postings-settled", "points-issued", "issue-reversed", "points-accepted", "acceptance-reversed",
            "clearing-calendar-published", "cycle-closing-proposed", "cycle-closing-rejected", "cycle-cut", "cycle-closed",
            "bank-account-proposed", "bank-account-rejected", "bank-account-changed", "cycle-payments-proposed", "cycle-payments-rejected", "cycle-payments-instructed",
            "payment-confirmed", "cycle-settled", "dispute-opened", "dispute-answered", "dispute-replied", "dispute-withdrawn", "dispute-decision-proposed",
            "dispute-decision-declined", "dispute-upheld", "dispute-rejected", "correction-proposed", "correction-rejected", "correction-posted",
            "matching-rule-published", "reconciliation-item-assigned", "reconciliation-decision-proposed", "reconciliation-decision-rejected", "reconciliation-decision-approved",
            "liability-estimates-proposed", "liability-estimates-approved", "liability-estimates-rejected", "liability-closing-proposed", "liability-closing-rejected", "liability-period-closed",
            "webhook-registered", "webhook-removed", "webhook-paused", "webhook-resumed", "webhook-disabled", "webhook-secret-rotated",
        ],
        ["customers"] =
        [
            "customer-enrolled", "consent-changed", "profile-told", "privilege-changed", "segment-assigned", "segment-left", "birthday-corrected", "customer-erased",
        ],
        ["cards"] = ["card-product-defined", "card-issued", "card-activated", "card-linked", "card-blocked"],
    };

    public static async Task Look(IReadOnlyDictionary<string, AuditedDatabase> databases, Check check, CancellationToken ct)
    {
        foreach (var (service, types) in Known.Where(k => databases.ContainsKey(k.Key)))
        {
            const string counts = "select type, count(*), count(*) filter (where jsonb_typeof(data) <> 'object') from mt_events where type <> 'tombstone' group by type";
            await foreach (var row in databases[service].Rows(counts, ct))
            {
                check.Saw("events", row.GetInt64(1));
                if (!types.Contains(row.GetString(0), StringComparer.Ordinal))
                    check.Breaks($"{row.GetInt64(1)} events of the {service}: not understood: {row.GetString(0)}. A word in deploy/cli/Audit/StoredTypes.cs teaches it.");
                if (row.GetInt64(2) > 0) check.Breaks($"{row.GetInt64(2)} events of the {service} ({row.GetString(0)}) are no facts.");
            }
        }
    }
}
