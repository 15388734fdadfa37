namespace Loyalty.PointsLedger.Domain;

/// <summary>The two times of a fact: those of the two axes on which the books can be looked back at.</summary>
internal static class FactTimes
{
    /// <summary>When it happened, by the clock of whoever tells of it, and when the ledger recorded it.</summary>
    public static (DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) Times(this IAccountFact fact) => fact switch
    {
        ITransactionFact e => (e.Transaction.OccurredAt, e.Transaction.RecordedAt),
        IDatedFact e => (e.OccurredAt, e.RecordedAt),
        _ => throw new InvalidOperationException($"Nobody knows when the fact {fact.GetType().Name} happened."),
    };
}
