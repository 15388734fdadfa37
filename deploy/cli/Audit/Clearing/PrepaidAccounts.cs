using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>
/// What partners have paid for beforehand, block by block, and what they have issued of it; and, where nothing may be issued beyond it, that the
/// ledger has kept to that.
/// </summary>
internal sealed class PrepaidAccounts
{
    // The stored state of an account is that of some version of its stream.
    private const string Log =
        """
        select e.seq_id, e.type, e.data::text, n.data::text from mt_events e left join mt_doc_prepaidaccount n on n.id = e.stream_id and n.mt_version = e.version
        where e.type in ('agreement-made', 'block-proposed', 'block-rejected', 'block-bought', 'block-points-issued', 'block-running-low')
            or (e.type = 'postings-settled' and e.data ->> 'Kind' in ('prepaid-issue', 'prepaid-issue-reversal'))
        order by e.seq_id
        """;

    private readonly Check check = new(23, "prepaid blocks: what is left is what was bought less what was issued, and below zero only where that was agreed");
    private readonly Dictionary<Guid, PrepaidAccount> accounts = [];
    private readonly Dictionary<(Guid Partner, int Version), BlockTerms> terms = [];
    private readonly Dictionary<Guid, (Guid Partner, long Points)> blocks = [];

    /// <param name="place">The partners' database, for what it has learned since it was looked at.</param>
    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase partners, AuditedDatabase ledger, string place, CancellationToken ct)
    {
        var prepaid = new PrepaidAccounts();
        await foreach (var row in partners.Rows(Log, ct))
        {
            try
            {
                using var fact = JsonDocument.Parse(row.GetString(2));
                prepaid.Take(row.GetInt64(0), row.GetString(1), fact.RootElement);
                if (row.IsDBNull(3)) continue;
                using var state = JsonDocument.Parse(row.GetString(3));
                prepaid.Compare(fact.RootElement.Id("Partner"), state.RootElement);
            }
            catch (Exception e) when (Json.IsUnreadable(e))
            {
                prepaid.check.Breaks($"Event {row.GetInt64(0)} of the partners ({row.GetString(1)}) can't be read: {e.Message}");
            }
        }

        prepaid.End();
        await prepaid.Paid(ledger, place, ct);
        await prepaid.Counted(ledger, ct);
        return [prepaid.check];
    }

    private void Take(long sequence, string type, JsonElement fact)
    {
        if (type == "agreement-made")
        {
            if (BlockTerms.Of(fact) is { } agreed) terms[(fact.Id("Partner"), (int)fact.Number("Version"))] = agreed;
            return;
        }

        if (!accounts.TryGetValue(fact.Id("Partner"), out var account)) account = accounts[fact.Id("Partner")] = new();
        switch (type)
        {
            case "block-proposed" or "block-rejected":
                break;
            case "block-bought":
                Buy(sequence, account, fact);
                break;
            case "block-points-issued":
                account.Used += fact.Number("Points");
                break;
            case "block-running-low":
                check.Holds(
                    fact.Number("Left") == account.Left && account.Left < fact.Number("AlertBelow"),
                    () => $"Event {sequence} tells that {fact.Number("Left")} points are left to {fact.Id("Partner")}, fewer than {fact.Number("AlertBelow")}; there are {account.Left}.");
                break;
            default:
                account.Settled += ClearedPosting.Of(type, fact).Sum(p => p.Sum.Points);
                break;
        }
    }

    private void Buy(long sequence, PrepaidAccount account, JsonElement fact)
    {
        check.Saw("blocks");
        var (partner, points) = (fact.Id("Partner"), fact.Number("Points"));
        var agreed = terms.GetValueOrDefault((partner, (int)fact.Number("AgreementVersion")));
        check.Holds(
            agreed is not null && (agreed.Currency, agreed.Price) == (fact.Text("Currency"), fact.Exact("Price")), () => $"Event {sequence}: a block is bought at {fact.Exact("Price")}, which was not agreed.");
        check.Holds(points > 0 && blocks.TryAdd(fact.Id("Block"), (partner, points)), () => $"Event {sequence}: block {fact.Id("Block")} of {points} points is bought twice, or holds none.");
        // What nobody has asked for is bought where that was agreed, and no more than it takes.
        check.Holds(
            fact.Has("Maker") || (agreed is { Replenish: true } && account.Left < agreed.AlertBelow && account.Left + points >= agreed.AlertBelow
                && points % agreed.Points == 0 && account.Left + points - agreed.Points < agreed.AlertBelow),
            () => $"Event {sequence}: {points} points were bought by themselves, with {account.Left} left.");
        account.Bought += points;
    }

    private void Compare(Guid partner, JsonElement state)
    {
        var account = accounts[partner];
        account.Stored = true;
        check.Holds(
            (state.Number("Bought"), state.Number("Issued")) == (account.Bought, account.Used),
            () => $"The account of {partner} is kept with {state.Number("Bought")} points bought and {state.Number("Issued")} issued; the facts come to {account.Bought} and {account.Used}.");
    }

    private void End()
    {
        foreach (var (partner, account) in accounts)
        {
            check.Saw("accounts");
            check.Saw("points bought", account.Bought);
            check.Saw("issued", account.Used);
            check.Saw("left", account.Left);
            check.Holds(account.Used == account.Settled, () => $"Partner {partner} has issued {account.Used} prepaid points by its account, and {account.Settled} by the settlement.");
            check.Holds(account.Stored || account is { Bought: 0, Used: 0 }, () => $"The account of {partner} is not kept, or at a version that there is not.");
        }

        foreach (var ((partner, version), _) in terms.Where(t => !accounts.ContainsKey(t.Key.Partner))) check.Remark = $"{partner} pays beforehand by agreement {version}, and has neither bought nor issued";
    }

    // What the ledger takes for paid was bought; that it has heard of all, other checks see.
    private async Task Paid(AuditedDatabase ledger, string place, CancellationToken ct)
    {
        await foreach (var row in ledger.Rows("select block_id, partner_id, points from prepaid_blocks", ct))
        {
            var (block, paid) = (row.GetGuid(0), (row.GetGuid(1), row.GetInt64(2)));
            if (!blocks.TryGetValue(block, out var bought) && await BoughtSince(place, block, ct) is { } since) bought = (row.GetGuid(1), since);
            check.Holds(bought == paid, () => $"The ledger has block {block} of {paid.Item1} with {paid.Item2} points; bought were {bought.Points} by {bought.Partner}.");
        }
    }

    private static async Task<long?> BoughtSince(string place, Guid block, CancellationToken ct) =>
        await AuditedDatabase.Now<long>(
            place, "select coalesce((select (data ->> 'Points')::bigint from mt_events where type = 'block-bought' and data ->> 'Block' = $1::text), -1)", ct, block.ToString()) is >= 0 and var points
            ? points
            : null;

    // Issuers that may issue no more than was paid are counted by the ledger, purchase by purchase and return by return.
    private async Task Counted(AuditedDatabase ledger, CancellationToken ct)
    {
        const string counted =
            """
            with counted as (
                select i.issuer, sum(case e.type when 'points-accrued' then 1 else -1 end
                    * (case when e.data #>> '{Transaction,Partner}' = i.issuer then (e.data ->> 'Points')::bigint else 0 end
                        + coalesce((select sum((a ->> 'Points')::bigint) from jsonb_array_elements(case jsonb_typeof(e.data -> 'Awards') when 'array' then e.data -> 'Awards' end) a
                            where case when (a ->> 'AsBase')::boolean then e.data #>> '{Transaction,Partner}' else a ->> 'Issuer' end = i.issuer), 0)))::bigint as points
                from mt_events e cross join lateral jsonb_array_elements_text(case jsonb_typeof(e.data -> 'Prepaid') when 'array' then e.data -> 'Prepaid' end) i (issuer)
                where e.type in ('points-accrued', 'purchase-reversed') group by i.issuer),
            kept as (select substr(key, 9) as issuer, points from counters where key like 'prepaid:%'),
            paid as (select partner_id::text as issuer, sum(points)::bigint as points from prepaid_blocks group by partner_id)
            select coalesce(c.issuer, k.issuer), coalesce(c.points, 0), coalesce(k.points, 0), coalesce(p.points, 0)
            from counted c full join kept k on k.issuer = c.issuer left join paid p on p.issuer = coalesce(c.issuer, k.issuer)
            """;
        await foreach (var row in ledger.Rows(counted, ct))
        {
            check.Saw("issuers bound to what they paid");
            var (issued, kept, paid) = (row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
            check.Holds(issued == kept, () => $"The ledger counts {kept} points of issuer {row.GetString(0)} out of blocks, and its facts come to {issued}.");
            check.Holds(issued <= paid, () => $"Issuer {row.GetString(0)} has issued {issued} points out of blocks, and paid for {paid}, beyond which it may issue none.");
        }
    }

    private sealed class PrepaidAccount
    {
        public long Bought { get; set; }

        public long Used { get; set; }

        public long Settled { get; set; }

        public bool Stored { get; set; }

        public long Left => Bought - Used;
    }

    /// <summary>What an agreement says of blocks.</summary>
    private sealed record BlockTerms(string Currency, decimal Price, long Points, long AlertBelow, bool Replenish)
    {
        public static BlockTerms? Of(JsonElement agreement)
        {
            if (!agreement.Has("Commercial") || !agreement.Part("Commercial").Part("Funding").Has("Block")) return null;
            var block = agreement.Part("Commercial").Part("Funding").Part("Block");
            return new(
                agreement.Text("Currency"), block.Has("Price") ? block.Exact("Price") : agreement.Exact("IssuePrice"), block.Number("Points"), block.Number("AlertBelow"),
                block.Part("Replenish").GetBoolean());
        }
    }
}
