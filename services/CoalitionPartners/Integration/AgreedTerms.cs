using System.Collections.Concurrent;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>The agreement that a posting is pinned to. Agreements never change, so each is looked up once.</summary>
internal sealed class AgreedTerms(DocumentStore store)
{
    private readonly ConcurrentDictionary<(PartnerId Partner, int Version), Agreement> known = new();

    public async ValueTask<Agreement> Find(PartnerId partner, int version, CancellationToken ct)
    {
        if (known.TryGetValue((partner, version), out var agreement))
            return agreement;
        var found = (await store.Load<Partner>(partner.Value, ct))?.State.Agreed(version)
            ?? throw new InvalidOperationException($"The ledger rated by agreement {version} of partner {partner}, which is not known here.");
        return known.GetOrAdd((partner, version), found);
    }
}
