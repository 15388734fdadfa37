namespace Loyalty.Cli.Audit;

/// <summary>
/// Returns, and redemptions undone, in another account than that of the transaction: accounts go into others. An account is replayed alone,
/// so these few are compared with what the record says when all have been.
/// </summary>
internal sealed class MovedTransactions
{
    private readonly HashSet<(Guid Partner, string Id)> returned = [];
    private readonly Dictionary<(Guid Partner, string Id), long> undone = [];

    public void Return(Guid partner, string purchase) => returned.Add((partner, purchase));

    public void Undo(Guid partner, string redemption, long points) =>
        undone[(partner, redemption)] = undone.GetValueOrDefault((partner, redemption)) + points;

    public async Task End(AuditedDatabase ledger, Check returns, Check once, CancellationToken ct)
    {
        foreach (var (partner, id) in returned)
        {
            var (bought, back) = await Both(ledger, partner, id, "points-accrued", "purchase-reversed", "{Amount,Minor}", ct);
            returns.Holds(bought is not null, () => $"Purchase {id} of partner {partner} was returned in another account, and never bought in one that has gone into others.");
            returns.Holds(!(back > bought), () => $"Of purchase {id} of partner {partner}, returned in another account, {back} came back in all, and {bought} was bought.");
        }

        foreach (var ((partner, id), points) in undone)
        {
            var (spent, back) = await Both(ledger, partner, id, "points-redeemed", "redemption-reversed", "{Points}", ct);
            once.Holds(spent is not null, () => $"Redemption {id} of partner {partner} was undone in another account, and never made in one that has gone into others.");
            once.Holds(spent is null || (spent == points && back == points), () => $"Redemption {id} of partner {partner} of {spent} points was undone by {points}, {back} in all.");
        }
    }

    // What was posted under an id in an account that was merged, and what all that refer to it come to.
    private static async Task<(long? Posted, long? Back)> Both(
        AuditedDatabase ledger, Guid partner, string id, string type, string opposite, string figure, CancellationToken ct)
    {
        const string sums =
            """
            select (select (e.data #>> $5)::bigint from transactions t
                    join mt_events e on e.stream_id = t.account_id and e.version = t.version and e.type = $3
                    where t.partner_id = $1 and t.transaction_id = $2
                        and exists (select from mt_events m where m.stream_id = t.account_id and m.type in ('account-merged', 'points-received'))),
                (select sum((e.data #>> $5)::bigint)::bigint from transactions t
                    join mt_events e on e.stream_id = t.account_id and e.version = t.version and e.type = $4
                    where t.partner_id = $1 and t.original = $2)
            """;
        await foreach (var row in ledger.Rows(sums, ct, partner, id, type, opposite, figure.Trim('{', '}').Split(',')))
            return (row.IsDBNull(0) ? null : row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1));
        return (null, null);
    }
}
