using System.Data.Common;
using System.Globalization;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// What rules may know of members, at hand for as long as news that another replica consumed may take to show here. Members who are
/// asked for at the same time are looked up in one query.
/// </summary>
internal sealed class MemberIndex
{
    private const long Budget = 128L << 20;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    private readonly DocumentStore store;
    private readonly TimeProvider clock;
    private readonly BoundedCache<AccountId, Known> members = new(Budget, known => Bytes(known.Profile));
    private readonly GatheredQuestions<AccountId, MemberProfile> questions;

    // A query that was under way when news came may have read what was before them: it answers whoever asked, but is not kept.
    private readonly Lock keeping = new();
    private long news;

    public MemberIndex(DocumentStore store, TimeProvider clock)
    {
        (this.store, this.clock) = (store, clock);
        questions = new(Read);
    }

    /// <summary>What is known of the member whose account it is: <see cref="MemberProfile.Unknown"/> when nobody has told of them, or they are erased.</summary>
    public ValueTask<MemberProfile> Find(AccountId account) => At(account) is { } profile ? new(profile) : new(Ask(account));

    /// <summary>Looks up so many members in one query, so that asking for each of them costs nothing.</summary>
    public async Task Prepare(IEnumerable<AccountId> accounts)
    {
        AccountId[] unknown = [.. accounts.Distinct().Where(a => At(a) is null)];
        if (unknown.Length > 0) await Read(unknown);
    }

    /// <summary>News of members have come.</summary>
    public void Forget(IEnumerable<AccountId> accounts)
    {
        lock (keeping)
        {
            news++;
            foreach (var account in accounts) members.Remove(account);
        }
    }

    /// <summary>A celebration as Customers tells it, <c>--03-14</c>, in the leap year 2000. Throws <see cref="FormatException"/> for what is none.</summary>
    public static DateOnly Celebration(string told) => DateOnly.ParseExact("2000" + told, "yyyy'--'MM'-'dd", CultureInfo.InvariantCulture);

    /// <summary>The profile in three columns of a row, from one on: privilege, celebration, segments.</summary>
    public static MemberProfile Profile(DbDataReader row, int at) => new(
        row.IsDBNull(at) ? null : row.GetString(at), row.IsDBNull(at + 1) ? null : Celebration(row.GetString(at + 1)), [.. row.GetFieldValue<string[]>(at + 2)]);

    private MemberProfile? At(AccountId account) =>
        members.TryGet(account, out var known) && clock.GetElapsedTime(known.ReadAt) < Fresh
            ? known.Profile
            : null;

    private async Task<MemberProfile> Ask(AccountId account) => await questions.Ask(account) ?? MemberProfile.Unknown;

    private async Task<IReadOnlyDictionary<AccountId, MemberProfile>> Read(IReadOnlyCollection<AccountId> asked)
    {
        var (before, readAt) = (Interlocked.Read(ref news), clock.GetTimestamp());
        var found = asked.ToDictionary(a => a, _ => MemberProfile.Unknown);
        await using var query = store.DataSource.CreateCommand(
            "select member_id, privilege, celebration, segments from members where member_id = any ($1) and not erased");
        query.Parameters.Add(new() { Value = asked.Select(a => a.Value).ToArray() });
        await using (var row = await query.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
            {
                found[AccountId.From(row.GetGuid(0))] = Profile(row, 1);
            }
        }

        lock (keeping)
        {
            if (news != before) return found;
            foreach (var (account, profile) in found) members.Put(account, new(profile, readAt));
        }

        return found;
    }

    private static long Bytes(MemberProfile profile) => 256 + profile.Segments.Sum(s => 48 + (2L * s.Length));

    private sealed record Known(MemberProfile Profile, long ReadAt);
}
