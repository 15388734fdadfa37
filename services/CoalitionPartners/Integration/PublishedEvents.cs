using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.EventStore;
using Facts = Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>What others learn of this service's facts. API clients and settlement are nobody else's business.</summary>
internal static class PublishedEvents
{
    public static object? Map(StoredEvent e) => e.Data switch
    {
        Facts.PartnerAdmitted a => new PartnerAdmitted(
            a.Partner.Value, a.Code, a.Name, a.Currency.Code, [.. a.Stores.Select(Published)], a.AdmittedAt, e.Version),
        Facts.StoreOpened s => new StoreOpened(s.Partner.Value, Published(s.Store), s.OpenedAt, e.Version),
        Facts.StoreClosed s => new StoreClosed(s.Partner.Value, s.Store, s.EffectiveFrom, s.ClosedAt, e.Version),
        Facts.AgreementMade m => new AgreementChanged(
            m.Partner.Value, m.Version, m.EffectiveFrom, m.Currency.Code, m.PointsPerUnit, m.IssuePrice, m.RedeemPrice, m.AgreedAt, e.Version,
            m.Commercial?.Funding.Block?.WhenEmpty == Facts.WhenEmpty.Refuse),
        Facts.BlockBought b => new PrepaidBlockBought(b.Partner.Value, b.Block, b.Points.Value, b.BoughtAt),
        Facts.OfferPublished o => new OfferPublished(o.Version, WrittenDocuments.Offer(o.Document), o.PublishedAt, Withdrawn: false),
        Facts.OfferWithdrawn w => new OfferPublished(w.Version, WrittenDocuments.Offer(w.Document), w.WithdrawnAt, Withdrawn: true),
        Facts.ProgrammePublished p => new ProgrammePublished(p.Version, p.EffectiveFrom, WrittenDocuments.Programme(p.Document), p.PublishedAt),
        _ => null,
    };

    private static Store Published(Facts.Store store) => new(store.Code, store.Name, store.TimeZone);
}
