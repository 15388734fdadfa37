using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What points are posted to: <c>issued/…</c> of a partner, <c>member/…</c> of a member.</summary>
/// <param name="Kind">The part before the slash.</param>
/// <param name="Owner">Whose it is: a partner, an account or a transfer.</param>
internal readonly record struct LedgerAccount(string Kind, Guid Owner)
{
    private const string Member = "member";

    /// <summary>The partner where each has one of its own; null for the kinds of which every member, or operator, has one.</summary>
    public PartnerId? Partner => Kind is "issued" or "redeemed" or "breakage" ? PartnerId.From(Owner) : null;

    /// <summary>What a fact does to the points that its account can spend.</summary>
    public static long ChangeOfBalance(AccountId account, IAccountFact fact)
    {
        var change = 0L;
        foreach (var posting in Postings.Of(account, fact))
        {
            if (posting.LedgerAccount.Owner == account.Value && posting.LedgerAccount.Kind == Member) change += posting.Amount;
        }

        return change;
    }

    public override string ToString() => $"{Kind}/{Owner}";
}
