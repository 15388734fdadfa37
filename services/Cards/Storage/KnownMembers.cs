using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.Cards.Storage;

internal enum Membership
{
    Unknown,
    Enrolled,
    Erased,
}

/// <summary>The members that Customers has told of.</summary>
internal sealed class KnownMembers(NpgsqlDataSource database)
{
    public async Task<Membership> Find(MemberId member, CancellationToken ct)
    {
        await using var query = database.CreateCommand("select erased_at is not null from members where member_id = $1");
        query.Parameters.Add(new() { Value = member.Value });
        return await query.ExecuteScalarAsync(ct) switch
        {
            null => Membership.Unknown,
            true => Membership.Erased,
            _ => Membership.Enrolled,
        };
    }

    public static Task Enrol(MemberId member, NpgsqlTransaction transaction, CancellationToken ct) => Execute(
        "insert into members (member_id) values ($1) on conflict do nothing", transaction, ct, member.Value);

    /// <summary>Erased stays erased, even when the news of the enrolment comes after.</summary>
    public static Task Erase(MemberId member, DateTimeOffset at, NpgsqlTransaction transaction, CancellationToken ct) => Execute(
        "insert into members (member_id, erased_at) values ($1, $2) on conflict (member_id) do update set erased_at = excluded.erased_at",
        transaction, ct, member.Value, at.UtcDateTime);

    private static async Task Execute(string sql, NpgsqlTransaction transaction, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }
}
