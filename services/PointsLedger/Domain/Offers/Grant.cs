using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain.Offers;

/// <summary>What an offer grants.</summary>
internal abstract record Grant
{
    private Grant()
    {
    }

    /// <summary>The exact points; null when no step is reached.</summary>
    /// <param name="kind">A multiplier of a bonus grants only what comes on top.</param>
    /// <param name="eligible">What counts, in units of the currency.</param>
    /// <param name="earned">The exact base points of what counts.</param>
    public decimal? Exact(OfferKind kind, decimal eligible, decimal earned) => this switch
    {
        PerUnit g => g.Points * eligible,
        Multiplied g => earned * (kind == OfferKind.Bonus ? Math.Max(g.By - 1, 0) : g.By),
        Fixed g => g.Points.Value,
        Steps g => g.Reached(eligible)?.Give.Exact(kind, eligible, earned),
        _ => throw new InvalidOperationException($"An offer can't grant {GetType().Name}."),
    };

    /// <summary>So many points per whole unit of the currency.</summary>
    public sealed record PerUnit(decimal Points) : Grant;

    /// <summary>The base points of what counts, multiplied by this in all.</summary>
    public sealed record Multiplied(decimal By) : Grant;

    /// <summary>So many points.</summary>
    public sealed record Fixed(Points Points) : Grant;

    /// <summary>The highest step that the spending reaches.</summary>
    public sealed record Steps(ImmutableArray<Step> All) : Grant
    {
        public Step? Reached(decimal eligible)
        {
            Step? highest = null;
            foreach (var step in All)
                if (eligible >= step.SpendFrom && !(step.SpendFrom < highest?.SpendFrom)) highest = step;
            return highest;
        }
    }

    /// <param name="SpendFrom">What counts comes to at least this, in units of the currency.</param>
    public sealed record Step(decimal SpendFrom, Grant Give);
}
