using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Domain;

/// <summary>What a posting's ledger account is: <c>issued/…</c> of a partner, <c>member/…</c> of a member.</summary>
/// <param name="Kind">The part before the slash.</param>
/// <param name="Partner">The partner where each has one of its own; null for the kinds of which every member, or operator, has one.</param>
internal readonly record struct LedgerAccount(string Kind, PartnerId? Partner);

/// <summary>Reads the names of ledger accounts.</summary>
internal static class LedgerAccounts
{
    private const string Member = "member";

    private static readonly string[] OfPartners = ["issued", "redeemed", "breakage"];

    public static LedgerAccount Of(Posting posting)
    {
        var name = posting.LedgerAccount;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var kind = name[..slash];
        return new(kind, OfPartners.Contains(kind, StringComparer.Ordinal) ? PartnerId.From(Guid.Parse(name.AsSpan(slash + 1))) : null);
    }

    /// <summary>What a fact does to the points that its account can spend.</summary>
    public static long ChangeOfBalance(AccountId account, IAccountFact fact)
    {
        var member = $"{Member}/{account}";
        return Postings.Of(account, fact).Where(p => string.Equals(p.LedgerAccount, member, StringComparison.Ordinal)).Sum(p => p.Amount);
    }
}
