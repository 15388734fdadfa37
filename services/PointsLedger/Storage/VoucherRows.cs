using System.Security.Cryptography;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.PointsLedger.Storage;

/// <summary>A voucher that is about to be handed out.</summary>
internal readonly record struct FreeVoucher(Guid Id, string Code);

/// <summary>
/// The vouchers of all rewards. What changes one here is committed with the fact that says so in the account's stream, so nobody
/// has it twice.
/// </summary>
internal sealed class VoucherRows(DocumentStore store)
{
    /// <summary>Codes that nobody can guess.</summary>
    public static string[] Generate(int count)
    {
        var random = RandomNumberGenerator.GetBytes(count * VoucherCode.Entropy);
        return [.. Enumerable.Range(0, count).Select(i => VoucherCode.From(random.AsSpan(i * VoucherCode.Entropy, VoucherCode.Entropy)))];
    }

    /// <summary>A voucher of a reward without end: it comes into being when it is claimed.</summary>
    public static FreeVoucher Fresh() => new(Guid.CreateVersion7(), Generate(1)[0]);

    /// <summary>One of the codes that the partner has a voucher of already; null when they are all new.</summary>
    public async Task<string?> Taken(PartnerId partner, IReadOnlyCollection<string> codes, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select min(code) from vouchers where partner_id = $1 and code = any ($2) and state <> 'cancelled'");
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = codes.ToArray() });
        return await query.ExecuteScalarAsync(ct) as string;
    }

    public static NpgsqlBatchCommand Add(Reward reward, IReadOnlyCollection<string> codes) => new(
        """
        insert into vouchers (voucher_id, reward_id, partner_id, code, supply, state)
        select v.voucher_id, $1, $2, v.code, $3, 'available' from unnest($4, $5) v (voucher_id, code)
        """)
    {
        Parameters =
        {
            new() { Value = reward.Id }, new() { Value = reward.Partner.Value }, new() { Value = reward.Supply },
            new() { Value = codes.Select(_ => Guid.CreateVersion7()).ToArray() }, new() { Value = codes.ToArray() },
        },
    };

    /// <summary>How many of a reward a member has. Read it after the account was fetched for writing.</summary>
    public async Task<long> Claimed(AccountId account, string reward, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            "select count(*) from vouchers where account_id = $1 and reward_id = $2 and state in ('claimed', 'redeemed')");
        query.Parameters.Add(new() { Value = account.Value });
        query.Parameters.Add(new() { Value = reward });
        return (long)(await query.ExecuteScalarAsync(ct))!;
    }

    /// <summary>
    /// Takes a voucher that nobody else is taking; null when none is left. Others pass it by until the transaction ends. While the last
    /// ones are all being taken it waits for who takes them, because they may yet be refused.
    /// </summary>
    public static async Task<FreeVoucher?> Take(NpgsqlTransaction transaction, string reward, CancellationToken ct)
    {
        const string Next = "select voucher_id, code from vouchers where reward_id = $1 and state = 'available' order by voucher_id limit 1 for update";
        while (true)
        {
            if (await Read(Next + " skip locked") is { } free) return free;
            if (await Read(Next) is { } freed) return freed;
            await using var any = new NpgsqlCommand("select exists (select from vouchers where reward_id = $1 and state = 'available')", transaction.Connection, transaction);
            any.Parameters.Add(new() { Value = reward });
            if (await any.ExecuteScalarAsync(ct) is false) return null;
        }

        async Task<FreeVoucher?> Read(string sql)
        {
            await using var query = new NpgsqlCommand(sql, transaction.Connection, transaction);
            query.Parameters.Add(new() { Value = reward });
            await using var row = await query.ExecuteReaderAsync(ct);
            return await row.ReadAsync(ct) ? new FreeVoucher(row.GetGuid(0), row.GetString(1)) : null;
        }
    }

    /// <summary>Hands a voucher out: one that was taken, or a fresh one.</summary>
    public static NpgsqlBatchCommand HandOut(Reward reward, FreeVoucher voucher, AccountId account, DateTimeOffset at) => new(
        """
        insert into vouchers (voucher_id, code, reward_id, partner_id, supply, state, account_id, claimed_at, expires_at)
        values ($1, $2, $3, $4, $5, 'claimed', $6, $7, $8)
        on conflict (voucher_id) do update set state = excluded.state, account_id = excluded.account_id, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
        """)
    {
        Parameters =
        {
            new() { Value = voucher.Id }, new() { Value = voucher.Code }, new() { Value = reward.Id }, new() { Value = reward.Partner.Value },
            new() { Value = reward.Supply }, new() { Value = account.Value }, new() { Value = at.UtcDateTime },
            new NpgsqlParameter<DateTime?> { TypedValue = reward.Terms!.VoucherExpiry(at)?.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        },
    };

    /// <summary>
    /// Makes vouchers worthless whose points were given back. An uploaded code is available again, being the partner's own; in place of a
    /// generated one, which a member has seen, there is a new one.
    /// </summary>
    public static NpgsqlBatchCommand PutBack(IReadOnlyCollection<Guid> vouchers) => new(
        """
        with back as (
            update vouchers set state = 'cancelled' where voucher_id = any ($1) and state = 'claimed'
            returning voucher_id, reward_id, partner_id, code, supply)
        insert into vouchers (voucher_id, reward_id, partner_id, code, supply, state)
        select f.fresh_id, b.reward_id, b.partner_id, case b.supply when 'uploaded' then b.code else f.code end, b.supply, 'available'
        from back b join unnest($1, $2, $3) f (voucher_id, fresh_id, code) on f.voucher_id = b.voucher_id where b.supply <> 'unlimited'
        """)
    {
        Parameters =
        {
            new() { Value = vouchers.ToArray() }, new() { Value = vouchers.Select(_ => Guid.CreateVersion7()).ToArray() },
            new() { Value = Generate(vouchers.Count) },
        },
    };

    /// <summary>A voucher that a partner delivers for and a member has; null when there is none.</summary>
    /// <param name="codes">The code as it was typed, and as it may have been meant; the first that fits counts.</param>
    public async Task<Voucher?> Find(PartnerId partner, IReadOnlyList<string> codes, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select voucher_id, reward_id, home_of(account_id), state, expires_at from vouchers
            where partner_id = $1 and code = any ($2) and state in ('claimed', 'redeemed') order by array_position($2, code) limit 1
            """);
        query.Parameters.Add(new() { Value = partner.Value });
        query.Parameters.Add(new() { Value = codes.ToArray() });
        await using var row = await query.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? new(row.GetGuid(0), row.GetString(1), new(row.GetGuid(2)), row.GetString(3) == "redeemed", row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4))
            : null;
    }

    /// <summary>The voucher's reward is handed out.</summary>
    public static NpgsqlBatchCommand Redeem(Guid voucher, DateTimeOffset at) =>
        new("update vouchers set state = 'redeemed', redeemed_at = $2 where voucher_id = $1 and state = 'claimed'")
        {
            Parameters = { new() { Value = voucher }, new() { Value = at.UtcDateTime } },
        };
}
