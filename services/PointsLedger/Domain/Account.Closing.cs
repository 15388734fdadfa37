using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Closing: nobody can spend what is left, so it falls to the partners that issued it, as if it had expired.</summary>
internal sealed partial record Account
{
    /// <summary>An operator closes the account. What is set aside was promised to a redeemer and must be captured or released first.</summary>
    public Decision<IAccountFact> CloseOnRequest(string reason, DateTimeOffset at) =>
        MergedInto is not null && !Closed ? Refusals.AccountMerged :
        !Reservations.IsEmpty && !Closed ? Refusals.ReservationsOpen : Close(reason, at, at);

    /// <summary>The member is gone: the account is closed whatever is open.</summary>
    public Decision<IAccountFact> Close(string reason, DateTimeOffset occurredAt, DateTimeOffset recordedAt)
    {
        if (Closed) return Accept();
        var facts = new List<IAccountFact>();
        foreach (var held in Reservations)
            facts.AddRange(WithRepayment(facts, held.Draws, recordedAt, recordedAt, new ReservationTimedOut(held.Redeemer, held.Id, held.Held(), held.Draws, occurredAt, recordedAt)));

        var left = All(this.Fold(facts).Lots);
        if (left.Where(draw => recordedAt >= draw.From.ExpiresAt).ToImmutableArray() is { IsEmpty: false } expired) facts.AddRange(ByExpiry(expired, recordedAt));
        if (left.Where(draw => !(recordedAt >= draw.From.ExpiresAt)).ToImmutableArray() is { IsEmpty: false } forfeited)
            facts.Add(new PointsExpired(forfeited.Sum(d => d.Points), forfeited, occurredAt, recordedAt));
        return Accept([.. facts, new AccountClosed(reason, occurredAt, recordedAt)]);
    }
}
