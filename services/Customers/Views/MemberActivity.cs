using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.Customers.Views;

/// <summary>How active a member is, as far as the ledger has told.</summary>
internal sealed record Activity(long Purchases, DateTimeOffset? LastPurchaseAt, long Redemptions, DateTimeOffset? LastRedemptionAt)
{
    public static readonly Activity None = new(0, LastPurchaseAt: null, 0, LastRedemptionAt: null);
}

/// <summary>One more purchase or redemption.</summary>
internal sealed record Occurrence(Guid Member, DateTimeOffset At);

/// <summary>Counts purchases and redemptions per member.</summary>
internal static class MemberActivity
{
    // Only members that have a key: whoever was erased since stays erased. Rows are locked in the order of their ids, so that two
    // pages that share members wait for each other rather than deadlock.
    private static string Upsert(string count, string last) =>
        $"""
        insert into member_activity as known (member_id, {count}, {last})
        select k.member_id, count(*), max(o.at) from unnest($1::uuid[], $2::timestamptz[]) as o (member_id, at)
        join member_keys k on k.member_id = o.member_id
        group by k.member_id order by k.member_id
        on conflict (member_id) do update
            set {count} = known.{count} + excluded.{count}, {last} = greatest(known.{last}, excluded.{last})
        """;

    public static Task AddPurchases(NpgsqlTransaction transaction, IEnumerable<Occurrence> purchases, CancellationToken ct) =>
        Add(transaction, Upsert("purchases", "last_purchase_at"), purchases, ct);

    public static Task AddRedemptions(NpgsqlTransaction transaction, IEnumerable<Occurrence> redemptions, CancellationToken ct) =>
        Add(transaction, Upsert("redemptions", "last_redemption_at"), redemptions, ct);

    public static async Task<Activity> Of(MemberId member, NpgsqlDataSource database, CancellationToken ct)
    {
        await using var query = database.CreateCommand(
            "select purchases, last_purchase_at, redemptions, last_redemption_at from member_activity where member_id = $1");
        query.Parameters.Add(new() { Value = member.Value });
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetInt64(0), Time(row, 1), row.GetInt64(2), Time(row, 3)) : Activity.None;
    }

    private static async Task Add(NpgsqlTransaction transaction, string sql, IEnumerable<Occurrence> occurrences, CancellationToken ct)
    {
        var all = occurrences.ToList();
        await using var upsert = new NpgsqlCommand(sql, transaction.Connection, transaction);
        upsert.Parameters.Add(new() { Value = all.ConvertAll(o => o.Member).ToArray() });
        upsert.Parameters.Add(new() { Value = all.ConvertAll(o => o.At.UtcDateTime).ToArray() });
        await upsert.ExecuteNonQueryAsync(ct);
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);
}
