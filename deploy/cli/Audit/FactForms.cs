using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>Whose transaction a fact belongs to.</summary>
internal enum Cause
{
    /// <summary>Another service, or time.</summary>
    Other,

    /// <summary>A transaction of a partner, whose record points to this fact.</summary>
    Transaction,

    /// <summary>A transaction that is recorded elsewhere, or whose record points to an earlier fact.</summary>
    OtherTransaction,
}

/// <summary>How the audit understands a type of fact.</summary>
/// <param name="Cause">Whose transaction it belongs to.</param>
/// <param name="Happens">What it does to an account.</param>
/// <param name="Posts">Its double entry.</param>
internal sealed record FactForm(Cause Cause, Action<AccountReplay, JsonElement> Happens, Func<JsonElement, IEnumerable<Entry>> Posts);

/// <summary>Every type of fact that a member's account may hold: a new one is a line here.</summary>
internal static class FactForms
{
    private static readonly Dictionary<string, FactForm> Known = new(StringComparer.Ordinal)
    {
        ["account-opened"] = new(Cause.Other, Nothing, Entries.None),
        ["account-closed"] = new(Cause.Other, (account, _) => account.Close(), Entries.None),
        ["card-linked"] = new(Cause.Other, (account, fact) => account.Link(fact), Entries.None),
        ["card-blocked"] = new(Cause.Other, (account, fact) => account.Block(fact), Entries.None),
        ["points-accrued"] = new(Cause.Transaction, (account, fact) => account.Accrue(fact), Entries.Accrued),
        ["purchase-reversed"] = new(Cause.Transaction, (account, fact) => account.TakeBack(fact), Entries.Reversed),
        ["points-reserved"] = new(Cause.Transaction, (account, fact) => account.Reserve(fact), Entries.Reserved),
        ["points-redeemed"] = new(Cause.Transaction, (account, fact) => account.Redeem(fact), Entries.Redeemed),
        ["redemption-reversed"] = new(Cause.Transaction, (account, fact) => account.Restore(fact), Entries.Restored),
        ["reservation-released"] = new(Cause.Transaction, (account, fact) => account.Release(fact), Entries.Released),
        ["reservation-timed-out"] = new(Cause.Other, (account, fact) => account.TimeOut(fact), Entries.Released),
        ["debt-repaid"] = new(Cause.OtherTransaction, (account, fact) => account.Repay(fact), Entries.Repaid),
        ["points-activated"] = new(Cause.Other, (account, fact) => account.Activate(fact), Entries.None),
        ["points-expired"] = new(Cause.Other, (account, fact) => account.Expire(fact), Entries.Expired),
        ["points-sent"] = new(Cause.Other, (account, fact) => account.Send(fact), Entries.Sent),
        ["points-received"] = new(Cause.Other, (account, fact) => account.Receive(fact), Entries.Received),
        ["points-adjusted"] = new(Cause.Other, (account, fact) => account.Adjust(fact), Entries.Adjusted),
        ["pool-opened"] = new(Cause.Other, Nothing, Entries.None),
        ["account-merged"] = new(Cause.Other, Nothing, Entries.None),
        ["account-separated"] = new(Cause.Other, Nothing, Entries.None),
        ["tier-changed"] = new(Cause.Other, Nothing, Entries.None),
        ["downgrade-announced"] = new(Cause.Other, Nothing, Entries.None),
        ["voucher-redeemed"] = new(Cause.OtherTransaction, Nothing, Entries.None),
        ["goal-chosen"] = new(Cause.Other, Nothing, Entries.None),
        ["goal-dropped"] = new(Cause.Other, Nothing, Entries.None),
    };

    private static readonly string[] OfOtherStreams =
    [
        "reward-listed", "reward-changed", "stock-added", "reward-withdrawn", "adjustment-proposed", "adjustment-approved", "adjustment-rejected",
    ];

    /// <summary>Whether it is a fact of another stream than an account's: it moves no points.</summary>
    public static bool IsOfNoAccount(string type) => OfOtherStreams.Contains(type, StringComparer.Ordinal);

    public static FactForm? Of(string type) => Known.GetValueOrDefault(type);

    /// <summary>The types whose facts the record of transactions points to.</summary>
    public static string[] OfTransactions() => [.. Known.Where(k => k.Value.Cause == Cause.Transaction).Select(k => k.Key)];

    /// <summary>When a fact happened and when the ledger recorded it.</summary>
    public static (DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) Times(JsonElement fact) =>
        fact.Has("Transaction") ? Times(fact.Part("Transaction")) : (fact.Time("OccurredAt"), fact.Time("RecordedAt"));

    /// <summary>Who accepted the points: whoever delivers the reward they were spent on, or else the partner whose transaction it was.</summary>
    public static Guid Redeemer(JsonElement fact) => fact.Part(fact.Has("Claim") ? "Claim" : "Transaction").Id("Partner");

    private static void Nothing(AccountReplay account, JsonElement fact) => Times(fact);
}
