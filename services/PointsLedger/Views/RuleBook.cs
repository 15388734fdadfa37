using System.Collections.Immutable;
using System.Text.Json;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;
using Offer = Loyalty.PointsLedger.Domain.Offers.Offer;

namespace Loyalty.PointsLedger.Views;

/// <summary>All versions of all offers and of the programme, as they were published.</summary>
internal sealed class RuleSet
{
    private readonly ImmutableArray<(DateTimeOffset From, ProgrammeRules Programme)> programmes;
    private readonly ImmutableArray<Offer> offers;
    private readonly DateTimeOffset settledFrom;
    private readonly ImmutableArray<Offer> latest;

    /// <param name="programmes">In any order.</param>
    /// <param name="offers">In any order.</param>
    public RuleSet(IEnumerable<(DateTimeOffset From, ProgrammeRules Programme)> programmes, IEnumerable<Offer> offers)
    {
        this.programmes = [.. programmes.OrderByDescending(p => p.From).ThenByDescending(p => p.Programme.Version)];
        this.offers = [.. offers];
        settledFrom = this.offers.IsEmpty ? DateTimeOffset.MinValue : this.offers.Max(o => o.PublishedAt);
        latest = Published(settledFrom);
        CountTogether = this.offers.Any(o => o.Budget is not null) || this.programmes.Any(p => p.Programme.Limits.Any(l => l.IsShared()));
    }

    /// <summary>Whether there is anything beside the partners' agreements.</summary>
    public bool IsEmpty => offers.IsEmpty && programmes.IsEmpty;

    /// <summary>Whether any version of anything is limited for all accounts together.</summary>
    public bool CountTogether { get; }

    public ProgrammeRules ProgrammeAt(DateTimeOffset at)
    {
        foreach (var (from, programme) in programmes)
        {
            if (from <= at) return programme;
        }

        return ProgrammeRules.None;
    }

    /// <summary>The version of each offer that was the latest at a moment and may concern purchases at a partner.</summary>
    public ImmutableArray<Offer> OffersAt(PartnerId partner, DateTimeOffset at)
    {
        var published = at >= settledFrom ? latest : Published(at);
        return published.All(Concerns) ? published : [.. published.Where(Concerns)];

        bool Concerns(Offer offer) => offer.InForce(at) && offer.When.Partners?.Contains(partner) != false;
    }

    /// <summary>The same rules with drafts in them, as if these had been published before everything else.</summary>
    /// <param name="offer">In place of all versions there are of this offer; null for none.</param>
    /// <param name="programme">In place of all versions there are of the programme; null for none.</param>
    /// <param name="without">An offer that is left out; null for none.</param>
    public RuleSet With(Offer? offer, ProgrammeRules? programme, string? without) => new(
        programme is null ? programmes : [(DateTimeOffset.MinValue, programme with { Version = programmes.Select(p => p.Programme.Version).DefaultIfEmpty().Max() + 1 })],
        [.. offers.Where(o => o.Id != without && o.Id != offer?.Id), .. offer is null ? ImmutableArray<Offer>.Empty : [offer with { Version = VersionsOf(offer.Id) + 1 }]]);

    /// <summary>The latest version there is of an offer; 0 for none.</summary>
    public int VersionsOf(string offer) => offers.Where(o => o.Id == offer).Select(o => o.Version).DefaultIfEmpty().Max();

    private ImmutableArray<Offer> Published(DateTimeOffset at) =>
        [.. offers.Where(o => o.PublishedAt <= at).GroupBy(o => o.Id, StringComparer.Ordinal).Select(versions => versions.MaxBy(o => o.Version)!).Where(o => !o.Withdrawn)];
}

/// <summary>The rules at hand. They are read again after a moment, in which their publication might as well still be on its way.</summary>
internal sealed class RuleBook(DocumentStore store, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly Lock reading = new();
    private Reading? current;

    public ValueTask<RuleSet> Rules()
    {
        var book = Current();
        return book.IsCompletedSuccessfully ? new(book.Result) : new(book);
    }

    /// <summary>The programme in force now.</summary>
    public async ValueTask<ProgrammeRules> Programme() => (await Rules()).ProgrammeAt(clock.GetUtcNow());

    /// <summary>News have come.</summary>
    public void Forget()
    {
        lock (reading) current = null;
    }

    private Task<RuleSet> Current()
    {
        lock (reading)
        {
            var now = clock.GetTimestamp();
            if (current is null || current.Rules.IsFaulted || clock.GetElapsedTime(current.At, now) >= Fresh) current = new(now, Task.Run(Read));
            return current.Rules;
        }
    }

    private async Task<RuleSet> Read()
    {
        var programmes = new List<(DateTimeOffset, ProgrammeRules)>();
        var offers = new List<Offer>();
        await using var query = store.DataSource.CreateCommand(
            "select 'programme', told from programmes union all select 'offer', told from offers");
        await using var row = await query.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            if (row.GetString(0) == "offer")
            {
                offers.Add(OfferDocuments.From(JsonSerializer.Deserialize<OfferPublished>(row.GetString(1), JsonSerializerOptions.Web)!));
            }
            else
            {
                var told = JsonSerializer.Deserialize<ProgrammePublished>(row.GetString(1), JsonSerializerOptions.Web)!;
                programmes.Add((told.EffectiveFrom, OfferDocuments.From(told)));
            }
        }

        return new(programmes, offers);
    }

    private sealed record Reading(long At, Task<RuleSet> Rules);
}
