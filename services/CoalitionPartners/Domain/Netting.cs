using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

/// <summary>Where a partner stands in one period.</summary>
/// <param name="Owes">For the points it issued.</param>
/// <param name="Owed">For the points it accepted.</param>
internal sealed record Position(PartnerId Partner, Money Owes, Money Owed)
{
    /// <summary>What the partner gets; below zero, what it pays.</summary>
    public Money Net => Owed - Owes;
}

/// <summary>
/// Everybody's position in one currency. The coalition's own account takes the other side of every partner's net and of
/// nothing else, so that the sum of all is zero whatever the positions are.
/// </summary>
internal sealed record Netting(Currency Currency, IReadOnlyList<Position> Positions)
{
    public IReadOnlyList<Position> Positions { get; } =
        Positions.All(p => p.Net.Currency == Currency) && Positions.DistinctBy(p => p.Partner).Count() == Positions.Count
            ? Positions
            : throw new InvalidOperationException($"A netting has one position for each partner, all of them in {Currency}.");

    /// <summary>The coalition's own account: what it holds for points that are issued and paid but not accepted yet.</summary>
    public Money Coalition => -PartnersNet;

    /// <summary>All nets, the coalition's included.</summary>
    public Money Total => PartnersNet + Coalition;

    private Money PartnersNet => Positions.Aggregate(Money.Zero(Currency), (sum, position) => sum + position.Net);
}
