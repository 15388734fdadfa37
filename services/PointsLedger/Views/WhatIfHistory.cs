using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Views;

/// <summary>An account, and how many events it has.</summary>
internal sealed record AccountLength(Guid Id, long Events);

/// <summary>Reads the past account by account, past everything that tills need at hand.</summary>
internal sealed class WhatIfHistory(DocumentStore store, EventLog log)
{
    // What rules look at. The others move points about, and lapses of tiers are reckoned anew.
    private static readonly string[] Concerning = ["points-accrued", "purchase-reversed", "tier-changed", "downgrade-announced"];

    /// <summary>The last event there is now.</summary>
    public Task<long> End(CancellationToken ct) => log.HighestVisible(ct);

    /// <summary>The next accounts in the order of their ids.</summary>
    public async Task<IReadOnlyList<AccountLength>> Accounts(Guid after, int limit, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select id, version from mt_streams where id > $1 and type = $2 order by id limit $3");
        query.Parameters.Add(new() { Value = after });
        query.Parameters.Add(new() { Value = Account.Alias });
        query.Parameters.Add(new() { Value = limit });
        var accounts = new List<AccountLength>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) accounts.Add(new(row.GetGuid(0), row.GetInt64(1)));
        return accounts;
    }

    /// <summary>What is known of members now; those of whom nothing is known are missing.</summary>
    public async Task<IReadOnlyDictionary<Guid, MemberProfile>> Profiles(Guid[] members, CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            "select member_id, privilege, celebration, segments from members where member_id = any ($1) and not erased");
        query.Parameters.Add(new() { Value = members });
        var profiles = new Dictionary<Guid, MemberProfile>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) profiles.Add(row.GetGuid(0), MemberIndex.Profile(row, 1));
        return profiles;
    }

    /// <summary>Their facts that concern rules, account after account, each in order, up to an event of the log. One at a time is in memory.</summary>
    public async IAsyncEnumerable<(Guid Account, IAccountFact Fact)> Facts(Guid[] accounts, long upTo, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand(
            """
            select e.stream_id, e.type, e.data from mt_events e
            where e.stream_id = any ($1) and e.seq_id <= $2 and e.type = any ($3) order by e.stream_id, e.version
            """);
        query.Parameters.Add(new() { Value = accounts });
        query.Parameters.Add(new() { Value = upTo });
        query.Parameters.Add(new() { Value = Concerning });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) yield return (row.GetGuid(0), (IAccountFact)store.Types.Read(row.GetString(1), row.GetFieldValue<byte[]>(2)));
    }

    /// <summary>What partners have agreed, all of them.</summary>
    public async Task<WhatIfTerms> Terms(CancellationToken ct)
    {
        var stores = new Dictionary<(PartnerId, string), TimeZoneInfo>();
        var agreements = new List<AgreedPrice>();
        await using var query = store.DataSource.CreateCommand(
            """
            select partner_id, code, time_zone, null::int, null::timestamptz, null::numeric, null from stores where time_zone is not null
            union all select partner_id, null, null, version, effective_from, issue_price, currency from agreements
            """);
        await using (var row = await query.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                var partner = new PartnerId(row.GetGuid(0));
                if (!row.IsDBNull(1)) stores[(partner, row.GetString(1))] = TimeZoneInfo.FindSystemTimeZoneById(row.GetString(2));
                else agreements.Add(new(partner, row.GetInt32(3), new(row.GetDateTime(4), TimeSpan.Zero), Currency.From(row.GetString(6)), row.IsDBNull(5) ? null : row.GetDecimal(5)));
            }
        }

        return new(stores, agreements, await Codes(ct));
    }

    private async Task<IReadOnlyDictionary<PartnerId, string>> Codes(CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select partner_id, code from partners");
        var codes = new Dictionary<PartnerId, string>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) codes.Add(new(row.GetGuid(0)), row.GetString(1));
        return codes;
    }
}

/// <param name="IssuePrice">What the partner pays for one point issued, in units of the currency; null where it isn't known here.</param>
internal sealed record AgreedPrice(PartnerId Partner, int Version, DateTimeOffset From, Currency Currency, decimal? IssuePrice);

/// <summary>Every partner's zones and agreements.</summary>
internal sealed class WhatIfTerms(
    Dictionary<(PartnerId, string), TimeZoneInfo> stores, IEnumerable<AgreedPrice> agreements, IReadOnlyDictionary<PartnerId, string> codes)
{
    private readonly Dictionary<PartnerId, List<AgreedPrice>> agreed = agreements
        .GroupBy(a => a.Partner).ToDictionary(g => g.Key, g => g.OrderByDescending(a => a.From).ThenByDescending(a => a.Version).ToList());

    public string? CodeOf(PartnerId partner) => codes.GetValueOrDefault(partner);

    public AgreedPrice? Agreement(PartnerId partner, int version) => agreed.GetValueOrDefault(partner)?.Find(a => a.Version == version);

    /// <summary>The rules for a purchase as a till would have been given them.</summary>
    public Rules Rules(RuleSet set, PointsAccrued purchase, MemberProfile profile)
    {
        var (partner, at) = (purchase.Transaction.Partner, purchase.Transaction.OccurredAt);
        var (programme, offers) = (set.ProgrammeAt(at), set.OffersAt(partner, at));
        var pricing = ImmutableDictionary<PartnerId, int>.Empty;
        foreach (var issuer in offers.SelectMany(o => o.FundedBy).Select(share => share.Partner).Append(partner).Distinct())
        {
            if (agreed.GetValueOrDefault(issuer)?.Find(a => a.From <= at) is { } agreement) pricing = pricing.SetItem(issuer, agreement.Version);
        }

        // The seller's own is the one that rated the purchase.
        return new(programme, offers, stores.GetValueOrDefault((partner, purchase.Store)) ?? programme.Zone, profile, pricing.SetItem(partner, purchase.Terms.AgreementVersion));
    }
}
