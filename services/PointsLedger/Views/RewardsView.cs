using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>A reward as it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version of its terms.</param>
/// <param name="PartnerId">Who delivers it.</param>
/// <param name="Cost">Points.</param>
/// <param name="Codes"><c>uploaded</c> or <c>generated</c>.</param>
/// <param name="From">The first instant at which it can be claimed; null for at once.</param>
/// <param name="Until">The first instant at which it can't be any more; null for never.</param>
/// <param name="LimitPerMember">How many one member can have; null for any number.</param>
/// <param name="VoucherDays">After so many days a voucher lapses; null for never.</param>
/// <param name="Withdrawn">Whether it was withdrawn.</param>
/// <param name="Available">Whether it is offered now, be any left or not.</param>
/// <param name="StockLeft">How many are left; null where there is no end.</param>
/// <param name="OutOfStock">Whether none is left.</param>
/// <param name="ClaimedPerDay7">Claims a day over the last 7 days, reversed ones left out.</param>
/// <param name="ClaimedPerDay30">The same over the last 30 days.</param>
/// <param name="DaysOfStockLeft">How long the stock lasts at the rate of the last 7 days, or else of the last 30; null when it lasts for ever.</param>
internal sealed record RewardLine(
    string Id, int Version, string Name, Guid PartnerId, long Cost, string Codes, DateTimeOffset? From, DateTimeOffset? Until, int? LimitPerMember,
    int? VoucherDays, bool Withdrawn, bool Available, long? StockLeft, bool OutOfStock, decimal ClaimedPerDay7, decimal ClaimedPerDay30, decimal? DaysOfStockLeft)
{
    public static RewardLine Of(Reward reward, long left, long claimed7, long claimed30, DateTimeOffset now)
    {
        var terms = reward.Terms!;
        long? stock = reward.Supply == RewardSupply.Unlimited ? null : left;
        var (perDay7, perDay30) = (claimed7 / 7m, claimed30 / 30m);
        var rate = claimed7 > 0 ? perDay7 : perDay30;
        return new(
            reward.Id, reward.Version, terms.Name, reward.Partner.Value, terms.Cost.Value, reward.Supply == RewardSupply.Uploaded ? "uploaded" : "generated",
            terms.From, terms.Until, terms.LimitPerMember, terms.VoucherDays, reward.Withdrawn, reward.IsOfferedAt(now), stock, stock == 0,
            decimal.Round(perDay7, 2), decimal.Round(perDay30, 2), stock is not null && rate > 0 ? decimal.Round(left / rate, 1) : null);
    }
}

/// <summary>The catalogue of rewards, with what is left of each and how fast it goes.</summary>
internal sealed class RewardsView(DocumentStore store, TimeProvider clock)
{
    private const string Counted =
        """
        select r.id, r.mt_version, r.data,
            (select count(*) from vouchers v where v.reward_id = r.data ->> 'Id' and v.state = 'available'),
            (select count(*) from vouchers v where v.reward_id = r.data ->> 'Id' and v.state in ('claimed', 'redeemed') and v.claimed_at > $1 - interval '7 days'),
            (select count(*) from vouchers v where v.reward_id = r.data ->> 'Id' and v.state in ('claimed', 'redeemed') and v.claimed_at > $1 - interval '30 days')
        from mt_doc_reward r
        """;

    /// <summary>One reward, withdrawn or not; null when there is none.</summary>
    public async Task<RewardLine?> Find(string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var query = store.DataSource.CreateCommand($"{Counted} where r.id = $2");
        query.Parameters.Add(new() { Value = now.UtcDateTime });
        query.Parameters.Add(new() { Value = Reward.StreamOf(id) });
        return (await ReadAll(query, now, ct)).SingleOrDefault();
    }

    /// <summary>Rewards that are offered now, in the order of their ids, after an id.</summary>
    public async Task<IReadOnlyList<RewardLine>> Offered(string after, int limit, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var query = store.DataSource.CreateCommand(
            $$"""
            {{Counted}}
            where (r.data ->> 'Id') collate "C" > $2 and not (r.data ->> 'Withdrawn')::boolean
                and coalesce((r.data #>> '{Terms,From}')::timestamptz <= $1, true) and coalesce((r.data #>> '{Terms,Until}')::timestamptz > $1, true)
            order by (r.data ->> 'Id') collate "C" limit $3
            """);
        query.Parameters.Add(new() { Value = now.UtcDateTime });
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new() { Value = limit });
        return await ReadAll(query, now, ct);
    }

    /// <summary>Whether the ledger knows a partner.</summary>
    public async Task<bool> Knows(PartnerId partner, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select exists (select from partners where partner_id = $1)");
        query.Parameters.Add(new() { Value = partner.Value });
        return await query.ExecuteScalarAsync(ct) is true;
    }

    private async Task<List<RewardLine>> ReadAll(NpgsqlCommand query, DateTimeOffset now, CancellationToken ct)
    {
        var lines = new List<RewardLine>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var reward = store.Read<Reward>(new(row.GetGuid(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2))).State;
            lines.Add(RewardLine.Of(reward, row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), now));
        }

        return lines;
    }
}
