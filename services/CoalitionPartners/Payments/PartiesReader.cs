using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Views;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Payments;

/// <summary>Finds the bank accounts of everybody who pays or is paid in a cycle.</summary>
internal sealed class PartiesReader(ClearingReader reader)
{
    /// <summary>The accounts that hold. What the session saves afterwards is only saved if they hold still.</summary>
    public async Task<PaymentParties> Read(Session session, CycleClosed? closed, CancellationToken ct)
    {
        var partners = (closed?.Currencies ?? []).SelectMany(c => c.Statements).Select(s => s.Partner).Distinct().ToDictionary(p => BankDetails.StreamOf(p));
        var coalition = BankDetails.StreamOf(null);
        var streams = await session.FetchForWriting<BankDetails>([.. partners.Keys, coalition], ct);
        foreach (var stream in streams.Values)
            session.Expect(stream);
        var accounts = partners.Where(p => streams[p.Key].State.Current is not null).ToDictionary(p => p.Value, p => streams[p.Key].State.Current!.Account);
        return new(streams[coalition].State.Current?.Account, accounts, (await reader.Names(ct)).ToDictionary(n => n.Key, n => n.Value.Code));
    }
}
