using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What a partner and the coalition have agreed, as far as points depend on it; pinned to every accrual it rates.</summary>
/// <param name="AgreementVersion">The version of the partner's agreement.</param>
/// <param name="Currency">The currency in which the partner sells.</param>
/// <param name="PointsPerUnit">Points for one whole unit of the currency, for example per 1.00 EUR.</param>
internal sealed record Terms(int AgreementVersion, Currency Currency, decimal PointsPerUnit)
{
    /// <summary>The points of an amount, rounded down once; null when no such number of points exists.</summary>
    public Points? Rate(Money amount)
    {
        try
        {
            return new Points(checked((long)decimal.Floor(amount.Amount * PointsPerUnit)));
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
