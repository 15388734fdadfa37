using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>How far the time at the till may be from the ledger's own when a transaction comes in.</summary>
/// <param name="Ahead">A till's clock may be this far ahead.</param>
/// <param name="OnTime">Up to this age a transaction is simply on time.</param>
/// <param name="Limit">Up to this age it is accepted and marked late; beyond it only for those who may backdate.</param>
internal sealed record TimePolicy(TimeSpan Ahead, TimeSpan OnTime, TimeSpan Limit)
{
    public static readonly TimePolicy Default = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24), TimeSpan.FromDays(7));

    public bool IsLate(DateTimeOffset occurredAt, DateTimeOffset receivedAt) => receivedAt - occurredAt > OnTime;

    public Refusal? Refuse(DateTimeOffset occurredAt, DateTimeOffset receivedAt, bool mayBackdate) =>
        occurredAt - receivedAt > Ahead ? Refusals.TooEarly(Ahead) :
        receivedAt - occurredAt > Limit && !mayBackdate ? Refusals.TooLate(Limit) : null;
}
