using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Views;

/// <summary>Looks back at an account. Reads its stream up to what was known, in stretches.</summary>
internal sealed class HindsightReader(DocumentStore store)
{
    private const int Stretch = 2000;

    /// <summary>The account as it was, and the version of the last fact that was known.</summary>
    public async Task<EventStream<Account>> Read(AccountId id, DateTimeOffset? effectiveAt, DateTimeOffset? knownAt, CancellationToken ct)
    {
        var hindsight = new Hindsight(Account.Initial(id.Value), effectiveAt, knownAt);
        var version = 0L;
        while (true)
        {
            var stretch = await store.FetchStream(id.Value, version, limit: Stretch, ct: ct);
            foreach (var stored in stretch)
            {
                var fact = (IAccountFact)stored.Data;
                if (!hindsight.Knows(fact)) return new(id.Value, hindsight.Then(), version);
                (hindsight, version) = (hindsight.When(fact), stored.Version);
            }

            if (stretch.Count < Stretch) return new(id.Value, hindsight.Then(), version);
        }
    }
}
