namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>How many, how much money in minor units, and how many points. Sums may be larger than any one amount.</summary>
internal sealed record Sum(long Count, decimal Amount, decimal Points);

/// <summary>Both books in one kind of transaction and one currency, and what explains that they differ.</summary>
/// <param name="Kind">Kind of transaction.</param>
/// <param name="Currency">Null where no money moved at the till.</param>
/// <param name="There">All entries of the partner's book.</param>
/// <param name="Here">Ours of the period, and those the partner's entries were matched with.</param>
/// <param name="Matched">Ours of the pairs that agree.</param>
/// <param name="Items">The differences, each theirs less ours.</param>
internal sealed record BookTotal(string Kind, string? Currency, Sum There, Sum Here, Sum Matched, Sum Items)
{
    public decimal AmountDifference => There.Amount - Here.Amount;

    public decimal PointsDifference => There.Points - Here.Points;

    /// <summary>Whether the items add up to the difference of the totals, to the minor unit and the point.</summary>
    public bool Explained => AmountDifference == Items.Amount && PointsDifference == Items.Points;
}
