using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>A fact that takes two people: who decided on what another one had proposed.</summary>
/// <param name="Proposal">The type of the fact in which it was proposed, in the same stream.</param>
/// <param name="Rejection">The type of the fact after which that can't be approved any more.</param>
/// <param name="Key">The member by which one of several proposals in a stream is told; null where there is one at a time.</param>
/// <param name="AsProposed">What was approved just as it had been proposed.</param>
internal sealed record Decided(string Proposal, string Rejection, string? Key, params string[] AsProposed);

/// <summary>Whatever moves money, or says what it comes to, was proposed by one and approved by another, and is what was proposed.</summary>
internal sealed class TwoPeople
{
    private static readonly Dictionary<string, Decided> Known = new(StringComparer.Ordinal)
    {
        ["cycle-cut"] = new("cycle-closing-proposed", "cycle-closing-rejected", null, "Cycle", "From", "Until"),
        ["bank-account-changed"] = new("bank-account-proposed", "bank-account-rejected", null, "Partner", "Account"),
        ["cycle-payments-instructed"] = new("cycle-payments-proposed", "cycle-payments-rejected", null, "Order"),
        ["dispute-upheld"] = new("dispute-decision-proposed", "dispute-decision-declined", null, "Amount", "Reason"),
        ["dispute-rejected"] = new("dispute-decision-proposed", "dispute-decision-declined", null, "Amount", "Reason"),
        ["correction-posted"] = new("correction-proposed", "correction-rejected", null, "Partner", "Currency", "Amount", "Reason"),
        ["block-bought"] = new("block-proposed", "block-rejected", "Block", "Partner", "Points", "Price", "Currency", "AgreementVersion"),
        ["liability-period-closed"] = new("liability-closing-proposed", "liability-closing-rejected", null, "Period"),
        ["liability-estimates-approved"] = new("liability-estimates-proposed", "liability-estimates-rejected", "Version"),
        ["reconciliation-decision-approved"] = new("reconciliation-decision-proposed", "reconciliation-decision-rejected", null, "Reconciliation", "Item", "Decision", "Reason"),
    };

    private static readonly string[] Types = [.. Known.SelectMany(k => new[] { k.Key, k.Value.Proposal, k.Value.Rejection }).Append("dispute-opened").Distinct(StringComparer.Ordinal)];

    private readonly Check check = new(22, "whatever moves money was proposed by one person and approved by another, and is what was proposed");
    private readonly Dictionary<string, CausedFact> proposals = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> upheld = [];
    private readonly Dictionary<Guid, string> corrected = [];
    private Guid stream;
    private JsonElement dispute;

    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase partners, CancellationToken ct)
    {
        var people = new TwoPeople();
        const string both =
            """
            select e.stream_id, e.seq_id, e.type, e.data::text, coalesce(o.caused_by, '') from mt_events e left join event_origins o on o.seq_id = e.seq_id
            where e.type = any ($1) order by e.stream_id, e.version
            """;
        await foreach (var row in partners.Rows(both, ct, (object)Types))
        {
            try
            {
                using var fact = JsonDocument.Parse(row.GetString(3));
                people.Take(row.GetGuid(0), new(row.GetInt64(1), row.GetString(2), fact.RootElement.Clone(), row.GetString(4)));
            }
            catch (Exception e) when (Json.IsUnreadable(e))
            {
                people.check.Breaks($"Event {row.GetInt64(1)} of the partners ({row.GetString(2)}) can't be read: {e.Message}");
            }
        }

        people.End();
        return [people.check];
    }

    private void Take(Guid of, CausedFact fact)
    {
        if (of != stream)
        {
            proposals.Clear();
            (stream, dispute) = (of, default);
        }

        if (fact.Type == "dispute-opened") dispute = fact.Body;
        else if (Known.TryGetValue(fact.Type, out var decided)) Decide(fact, decided);
        else if (Known.Values.FirstOrDefault(k => k.Rejection == fact.Type) is { } rejected) proposals.Remove(KeyOf(fact, rejected));
        else proposals[KeyOf(fact, Known.Values.First(k => k.Proposal == fact.Type))] = fact;
    }

    private void Decide(CausedFact fact, Decided decided)
    {
        // A block that an agreement replenishes takes nobody.
        if (fact.Type == "block-bought" && !fact.Body.Has("Maker")) return;
        var checker = fact.Body.Text("Checker");
        check.Saw(fact.Type);
        check.Holds(fact.IsBy(checker), () => $"Event {fact.Sequence} ({fact.Type}) says that {checker} approved, and was caused by '{fact.CausedBy}'.");
        if (fact.Type == "correction-posted" && fact.Body.Has("Dispute"))
        {
            check.Holds(fact.Body.Text("Maker") != checker, () => $"Event {fact.Sequence} ({fact.Type}): {checker} approved what they had proposed.");
            if (!corrected.TryAdd(fact.Body.Id("Dispute"), ToldOf(fact.Body, fact.Body))) check.Breaks($"Dispute {fact.Body.Id("Dispute")} is corrected twice.");
            return;
        }

        if (!proposals.Remove(KeyOf(fact, decided), out var proposal))
        {
            check.Breaks($"Event {fact.Sequence} ({fact.Type}) approves what nobody had proposed, or again.");
            return;
        }

        var maker = proposal.Body.Text("Maker");
        check.Holds(
            maker != checker && (!fact.Body.Has("Maker") || fact.Body.Text("Maker") == maker) && proposal.IsBy(maker),
            () => $"Event {fact.Sequence} ({fact.Type}) was approved by {checker}, and proposed by {maker}, as '{proposal.CausedBy}' at event {proposal.Sequence}.");
        foreach (var member in decided.AsProposed)
        {
            check.Holds(
                Same(fact.Body, proposal.Body, member), () => $"Event {fact.Sequence} ({fact.Type}) is not what was proposed at event {proposal.Sequence}: {member} differs.");
        }

        if (fact.Type == "dispute-upheld") Uphold(fact);
    }

    private void Uphold(CausedFact fact)
    {
        check.Holds(
            dispute.ValueKind == JsonValueKind.Object && fact.Body.Number("Amount") > 0 && fact.Body.Number("Amount") <= dispute.Number("Amount"),
            () => $"Event {fact.Sequence} upholds {fact.Body.Number("Amount")} of a dispute about fewer.");
        if (dispute.ValueKind == JsonValueKind.Object) upheld[fact.Body.Id("Dispute")] = ToldOf(fact.Body, dispute);
    }

    // An upheld dispute and its correction stand in different streams and must say the same.
    private void End()
    {
        foreach (var (id, told) in upheld) check.Holds(corrected.Remove(id, out var posted) && posted == told, () => $"Dispute {id} was upheld: {told}; posted was {posted ?? "nothing"}.");
        foreach (var (id, told) in corrected) check.Breaks($"A correction was posted by dispute {id}, which was not upheld: {told}.");
    }

    private static string ToldOf(JsonElement decision, JsonElement about) => FormattableString.Invariant(
        $"correction {decision.Id("Correction")} of {decision.Number("Amount")} {about.Text("Currency")} to {about.Id("Partner")} for {about.Text("Line")} in {about.Text("Cycle")}, by {decision.Text("Maker")} and {decision.Text("Checker")}");

    private static string KeyOf(CausedFact fact, Decided decided) => decided.Key is null ? decided.Proposal : $"{decided.Proposal} {fact.Body.Part(decided.Key)}";

    private static bool Same(JsonElement a, JsonElement b, string member) =>
        a.Has(member) ? b.Has(member) && JsonElement.DeepEquals(a.Part(member), b.Part(member)) : !b.Has(member);

    private sealed record CausedFact(long Sequence, string Type, JsonElement Body, string CausedBy)
    {
        public bool IsBy(string client) => CausedBy == $"operator:{client}";
    }
}
