using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Liability;
using Loyalty.CoalitionPartners.Integration;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Liability;

/// <summary>Puts together what has moved, what was agreed and what is expected, and computes what it comes to.</summary>
internal sealed class LiabilityBooks(DocumentStore store, LiabilityReader reader, AgreedTerms terms)
{
    /// <summary>The books of all issuers with everything up to the end of a month in them.</summary>
    /// <param name="through">Null for all there is.</param>
    /// <param name="only">Null for all issuers.</param>
    public async Task<IReadOnlyList<IssuerBooks>> Open(Month? through, PartnerId? only, CancellationToken ct)
    {
        var estimates = await Estimates(ct);
        var books = new List<IssuerBooks>();
        foreach (var issuer in await reader.Movements(through, only, ct))
        {
            var agreements = new Dictionary<int, Agreement>();
            foreach (var version in issuer.Select(m => Math.Max(m.AgreementVersion, 1)).Distinct())
                agreements[version] = await terms.Find(issuer.Key, version, ct);
            books.Add(new(issuer.Key, agreements.Values.First().Currency, [.. issuer], agreements, estimates));
        }

        return books;
    }

    public async Task<LiabilityEstimates> Estimates(CancellationToken ct) =>
        (await store.Load<LiabilityEstimates>(LiabilityEstimates.Stream, ct))?.State ?? LiabilityEstimates.Initial(LiabilityEstimates.Stream);

    public async Task<LiabilityPeriod> Period(Month month, CancellationToken ct) =>
        (await store.Load<LiabilityPeriod>(LiabilityPeriod.StreamOf(month), ct))?.State ?? LiabilityPeriod.Initial(LiabilityPeriod.StreamOf(month));

    /// <summary>What a month comes to: as it was closed for ever, or as it stands.</summary>
    public async Task<PeriodFigures> Figures(Month month, LiabilityPeriod period, CancellationToken ct) => period.Closed is { } closed
        ? new(closed.ThroughSequence, closed.LedgerEvents, closed.Cohorts, closed.Late)
        : await Compute(month, (await LiabilityRows.Read(store.DataSource, ct)).LedgerEvents, ct);

    /// <summary>What a month comes to as it stands, after what the month before was closed with.</summary>
    public async Task<PeriodFigures> Compute(Month month, long ledgerEvents, CancellationToken ct)
    {
        var sequence = await reader.LastSequence(ct);
        var before = (await Period(month.Previous(), ct)).Closed?.Cohorts.ToDictionary(c => (c.Issuer, c.Vintage), c => c.Recognised);
        var cohorts = (await Open(month, only: null, ct))
            .SelectMany(books => books.At(month, before is null ? null : vintage => before.GetValueOrDefault((books.Issuer, vintage))));
        return new(sequence, ledgerEvents, [.. cohorts], await reader.Late(month, ct));
    }
}
