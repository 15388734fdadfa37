using System.Collections.Concurrent;
using System.Collections.Immutable;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Lanes;
using Npgsql;

namespace Loyalty.PointsLedger.Views;

/// <summary>What the ledger knows of the surroundings of a transaction at a till.</summary>
/// <param name="Account">Where the card leads; null when nobody has told of the card.</param>
/// <param name="CardNumber">The card's number, whether it or the barcode was scanned.</param>
/// <param name="AtStore">Why the store takes nothing that was done then; null where it does.</param>
/// <param name="Terms">The partner's terms in force when the transaction was made.</param>
/// <param name="Rules">The rules in force when it was made, and what they refer to.</param>
internal sealed record Till(AccountId? Account, string? CardNumber, Refusal? AtStore, Terms? Terms, Rules Rules)
{
    /// <summary>What is missing to post anything here, if so. It may still be on its way from another service.</summary>
    public Refusal? Lacks =>
        Account is null ? Refusals.UnknownCard :
        AtStore ?? (Terms is null ? Refusals.NoAgreement : null);
}

/// <summary>A partner's stores and agreements.</summary>
/// <param name="Stores">Its stores by their codes.</param>
/// <param name="Terms">Its terms with the moment from which each holds, and whether it issues no more than it has paid for, the latest first.</param>
/// <param name="Paid">The points that it has paid for.</param>
internal sealed record PartnerBook(Dictionary<string, StoreAtHand> Stores, IReadOnlyList<(DateTimeOffset From, Terms Terms, bool OnlyPrepaid)> Terms, Points Paid)
{
    public Terms? At(DateTimeOffset moment) => Terms.FirstOrDefault(t => t.From <= moment).Terms;

    /// <summary>Why a store takes nothing that was done at a moment; null where it does.</summary>
    /// <param name="zone">The store's time zone; null for the programme's.</param>
    public Refusal? Refuse(string store, DateTimeOffset moment, out TimeZoneInfo? zone)
    {
        var known = Stores.TryGetValue(store, out var found);
        zone = found.Zone;
        return !known ? Refusals.UnknownStore : moment >= found.ClosedFrom ? Refusals.StoreClosed(found.ClosedFrom.Value) : null;
    }

    public bool IsOnlyPrepaid(DateTimeOffset moment) => Terms.FirstOrDefault(t => t.From <= moment).OnlyPrepaid;
}

/// <param name="Zone">Its time zone; null for the programme's.</param>
/// <param name="ClosedFrom">The first instant at which it takes nothing; null for one that goes on.</param>
internal readonly record struct StoreAtHand(TimeZoneInfo? Zone, DateTimeOffset? ClosedFrom);

/// <summary>
/// The ledger's own copies of what others own, kept at hand. What partners agree is read again after a moment, in which news from the
/// other services might as well still be on their way.
/// </summary>
internal sealed class TillBook(DocumentStore store, CardIndex cards, MemberIndex members, RuleBook rules, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan JustRead = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<PartnerId, Reading> partners = new();

    public async ValueTask<Till> Find(PartnerId partner, CardAtStore presented, DateTimeOffset at, CancellationToken ct)
    {
        var card = await cards.Find(presented.Card);
        var book = await BookOf(partner, Fresh).Book.WaitAsync(ct);
        var till = In(book, out var zone);
        if (till.Lacks is not null && till.Account is not null) till = In(book = await BookOf(partner, JustRead).Book.WaitAsync(ct), out zone);
        if (till.Lacks is not null) return till;
        if (await rules.Rules() is { IsEmpty: false } set) return till with { Rules = await Apply(set, partner, till.Account!.Value, zone, at, ct) };
        return book.IsOnlyPrepaid(at) ? till with { Rules = Rules.None with { Prepaid = [new(partner, book.Paid)], CountTogether = true } } : till;

        Till In(PartnerBook book, out TimeZoneInfo? zone)
        {
            var atStore = book.Refuse(presented.Store, at, out zone);
            return new(card?.Account, card?.Number, atStore, book.At(at), Rules.None);
        }
    }

    /// <summary>The surroundings of a claim: made at one partner, perhaps at none of its stores, and priced by the terms of the one that delivers.</summary>
    /// <param name="store">The store of the first; null where there is none.</param>
    public async ValueTask<Till> FindForClaim(PartnerId partner, string scanned, string? store, PartnerId deliverer, DateTimeOffset at, CancellationToken ct)
    {
        var card = await cards.Find(scanned);
        TimeZoneInfo? zone = null;
        var atStore = store is null ? null : (await BookOf(partner, Fresh).Book.WaitAsync(ct)).Refuse(store, at, out zone);
        var till = new Till(card?.Account, card?.Number, atStore, (await BookOf(deliverer, Fresh).Book.WaitAsync(ct)).At(at), Rules.None);
        return till.Lacks is null && await rules.Rules() is { IsEmpty: false } set
            ? till with { Rules = await Apply(set, partner, till.Account!.Value, zone, at, ct) }
            : till;
    }

    /// <summary>Why a store takes nothing that is done at a moment; null where it does.</summary>
    public async ValueTask<Refusal?> Refuse(PartnerId partner, string store, DateTimeOffset at, CancellationToken ct) =>
        (await BookOf(partner, Fresh).Book.WaitAsync(ct)).Refuse(store, at, out _) is null ? null
        : (await BookOf(partner, JustRead).Book.WaitAsync(ct)).Refuse(store, at, out _);

    /// <summary>Looks up so many cards, and their members where rules ask for them, in one query each, so that asking for each of them costs nothing.</summary>
    public async Task Prepare(IReadOnlyCollection<string> scanned, CancellationToken ct)
    {
        await cards.Prepare(scanned, ct);
        if (scanned.Count == 0 || (await rules.Rules()).IsEmpty) return;
        var accounts = new List<AccountId>(scanned.Count);
        foreach (var card in scanned)
        {
            if (cards.Known(card) is { } known) accounts.Add(known.Account);
        }

        await members.Prepare(accounts);
    }

    /// <summary>The rules for a purchase of a member at a partner, as they were valid at a moment.</summary>
    /// <param name="zone">The store's time zone; null for the programme's.</param>
    public async ValueTask<Rules> Apply(RuleSet set, PartnerId partner, AccountId member, TimeZoneInfo? zone, DateTimeOffset at, CancellationToken ct)
    {
        var (programme, offers) = (set.ProgrammeAt(at), set.OffersAt(partner, at));
        var (agreements, prepaid) = (ImmutableDictionary<PartnerId, int>.Empty, ImmutableArray<PrepaidPoints>.Empty);
        foreach (var issuer in offers.SelectMany(o => o.FundedBy).Select(share => share.Partner).Append(partner).Distinct())
        {
            var book = await BookOf(issuer, Fresh).Book.WaitAsync(ct);
            if (book.At(at) is { } terms) agreements = agreements.SetItem(issuer, terms.AgreementVersion);
            if (book.IsOnlyPrepaid(at)) prepaid = prepaid.Add(new(issuer, book.Paid));
        }

        return new(programme, offers, zone ?? programme.Zone, await members.Find(member), agreements)
        {
            Prepaid = prepaid,
            CountTogether = !prepaid.IsEmpty || (set.CountTogether && (programme.Limits.Any(l => l.IsShared()) || offers.Any(o => o.Budget is not null))),
        };
    }

    /// <summary>A partner's terms in force at a moment; null for none.</summary>
    public async ValueTask<Terms?> TermsOf(PartnerId partner, DateTimeOffset at, CancellationToken ct) =>
        (await BookOf(partner, Fresh).Book.WaitAsync(ct)).At(at);

    /// <summary>A card does not lead where it was thought to.</summary>
    public void ForgetCard(string scanned) => cards.Forget(scanned);

    /// <summary>News of a partner have come.</summary>
    public void Forget(PartnerId partner) => partners.TryRemove(partner, out _);

    private Reading BookOf(PartnerId partner, TimeSpan fresh)
    {
        var now = clock.GetTimestamp();
        var reading = partners.GetOrAdd(partner, Read);
        return clock.GetElapsedTime(reading.At, now) < fresh && !reading.Book.IsFaulted
            ? reading
            : partners.AddOrUpdate(partner, Read, (_, other) => other == reading ? Read(partner) : other);
    }

    private Reading Read(PartnerId partner) => new(clock.GetTimestamp(), Task.Run(() => ReadBook(partner)));

    private async Task<PartnerBook> ReadBook(PartnerId partner)
    {
        var stores = new Dictionary<string, StoreAtHand>(StringComparer.Ordinal);
        var (terms, paid) = (new List<(DateTimeOffset, Terms, bool)>(), Points.Zero);
        await using var query = store.DataSource.CreateCommand(
            """
            select code, null::int, c.closed_from, s.time_zone, null::numeric, null::boolean
            from stores s left join closed_stores c using (partner_id, code) where partner_id = $1
            union all
            select null, version, effective_from, currency, points_per_unit, only_prepaid from agreements where partner_id = $1
            union all
            select null, null, null, null, sum(points), null from prepaid_blocks where partner_id = $1 having count(*) > 0
            """);
        query.Parameters.Add(new() { Value = partner.Value });
        await using var row = await query.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (!row.IsDBNull(0)) stores.Add(row.GetString(0), new(ZoneIn(row), row.IsDBNull(2) ? null : new(row.GetDateTime(2), TimeSpan.Zero)));
            else if (row.IsDBNull(1)) paid = new((long)row.GetDecimal(4));
            else terms.Add((new(row.GetDateTime(2), TimeSpan.Zero), new Terms(row.GetInt32(1), Currency.From(row.GetString(3)), row.GetDecimal(4)), row.GetBoolean(5)));
        }

        return new(stores, [.. terms.OrderByDescending(t => t.Item1).ThenByDescending(t => t.Item2.AgreementVersion)], paid);
    }

    private static TimeZoneInfo? ZoneIn(NpgsqlDataReader store) => store.IsDBNull(3) ? null : TimeZoneInfo.FindSystemTimeZoneById(store.GetString(3));

    private sealed record Reading(long At, Task<PartnerBook> Book);
}
