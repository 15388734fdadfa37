using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.Customers.Storage;

/// <summary>The key of each member who is not erased.</summary>
internal sealed class MemberKeys(NpgsqlDataSource database, MasterKey master)
{
    /// <summary>The keys of those members who are not erased.</summary>
    public async Task<IReadOnlyDictionary<MemberId, byte[]>> Find(IEnumerable<MemberId> members, CancellationToken ct)
    {
        var keys = new Dictionary<MemberId, byte[]>();
        await using var query = database.CreateCommand("select member_id, wrapped_key from member_keys where member_id = any ($1)");
        query.Parameters.Add(new() { Value = members.Select(m => m.Value).ToArray() });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            var member = new MemberId(row.GetGuid(0));
            keys[member] = master.Unwrap(row.GetFieldValue<byte[]>(1), member);
        }

        return keys;
    }

    public async Task<byte[]?> Find(MemberId member, CancellationToken ct)
    {
        await using var query = database.CreateCommand("select wrapped_key from member_keys where member_id = $1");
        query.Parameters.Add(new() { Value = member.Value });
        return await query.ExecuteScalarAsync(ct) is byte[] wrapped ? master.Unwrap(wrapped, member) : null;
    }

    public NpgsqlBatchCommand Keep(MemberId member, byte[] key) => new("insert into member_keys (member_id, wrapped_key) values ($1, $2)")
    {
        Parameters = { new() { Value = member.Value }, new() { Value = master.Wrap(key, member) } },
    };

    /// <summary>Nobody reads the member's profile again, wherever its ciphertext may still lie.</summary>
    public static NpgsqlBatchCommand Destroy(MemberId member) => new("delete from member_keys where member_id = $1")
    {
        Parameters = { new() { Value = member.Value } },
    };
}
