using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Lanes;
using MediatR;

namespace Loyalty.PointsLedger.Features;

/// <summary>
/// Where commands about whole accounts, or several at once, are taken. They are decided outside the lanes, on what is committed, and
/// decided again when a lane was faster; afterwards the lanes read those accounts anew.
/// </summary>
internal sealed class AccountDesk(IMediator mediator, PostingLanes lanes)
{
    /// <param name="accounts">Every account that the command may append to.</param>
    public async Task<Outcome<TAnswer>> Send<TAnswer>(ICommand<TAnswer> command, IReadOnlyCollection<AccountId> accounts, CancellationToken ct)
    {
        try
        {
            return await mediator.Send(command, ct);
        }
        finally
        {
            // Also when it failed: whether a commit that was cut off took place is not known.
            lanes.Forget(accounts);
        }
    }
}

/// <summary>How commands outside the lanes fetch accounts.</summary>
internal static class AccountFetching
{
    /// <summary>The accounts as time has left them; what it has done is written down together with whatever is decided.</summary>
    public static async Task<Func<AccountId, EventStream<Account>>> Accounts(
        this Session session, ProgrammeRules programme, DateTimeOffset now, CancellationToken ct, params AccountId[] ids)
    {
        var fetched = await session.FetchForWriting<Account>(ids.Select(id => id.Value), ct);
        var current = fetched.Values.ToDictionary(a => a.Id, a => session.Append(a, a.State.Lapse(now, programme), LaneBatch.Ledger));
        return id => current[id.Value];
    }
}
