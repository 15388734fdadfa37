using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Npgsql;

namespace Loyalty.PointsLedger.Storage;

/// <summary>What a merge changes beside the two accounts: where transactions and cards lead. Committed together with their facts.</summary>
internal sealed class MergeRows(DocumentStore store)
{
    public static IEnumerable<NpgsqlBatchCommand> Lead(AccountMerged merged, AccountId account) =>
    [
        new("insert into merges (merge_id, account_id, into_account_id, merged_at) values ($1, $2, $3, $4)")
        {
            Parameters = { new() { Value = merged.Merge }, new() { Value = account.Value }, new() { Value = merged.Into.Value }, new() { Value = merged.OccurredAt.UtcDateTime } },
        },
        new("update cards set account_id = $1 where account_id = $2") { Parameters = { new() { Value = merged.Into.Value }, new() { Value = account.Value } } },
    ];

    /// <param name="numbers">The numbers of the cards that lead back.</param>
    public static IEnumerable<NpgsqlBatchCommand> LeadBack(AccountSeparated separated, AccountId account, IEnumerable<string> numbers) =>
    [
        new("update merges set separated_at = $1 where merge_id = $2")
        {
            Parameters = { new() { Value = separated.OccurredAt.UtcDateTime }, new() { Value = separated.Merge } },
        },
        new("update cards set account_id = $1 where account_id = $2 and number = any ($3)")
        {
            Parameters = { new() { Value = account.Value }, new() { Value = separated.From.Value }, new() { Value = numbers.ToArray() } },
        },
    ];

    /// <summary>What came into an account with a merge; null when nothing is known of it.</summary>
    public async Task<PointsReceived?> Came(AccountId target, Guid merge, CancellationToken ct) =>
        await Fact<PointsReceived>("stream_id = $1 and type = $2 and data ->> 'Transfer' = $3", target, merge.ToString(), ct);

    /// <summary>How an account was last parted from another; null when it never was.</summary>
    public Task<AccountSeparated?> Parted(AccountId account, CancellationToken ct) =>
        Fact<AccountSeparated>("stream_id = $1 and type = $2 and data ->> 'Merge' = any (select merge_id::text from merges where account_id = $3::uuid)", account, account.ToString(), ct);

    private async Task<TFact?> Fact<TFact>(string which, AccountId stream, string parameter, CancellationToken ct) where TFact : class
    {
        var name = store.Types.NameOf(typeof(TFact));
        await using var query = store.DataSource.CreateCommand($"select data from mt_events where {which} order by version desc limit 1");
        query.Parameters.Add(new() { Value = stream.Value });
        query.Parameters.Add(new() { Value = name });
        query.Parameters.Add(new() { Value = parameter });
        return await query.ExecuteScalarAsync(ct) is string body ? (TFact)store.Types.Read(name, body) : null;
    }
}
