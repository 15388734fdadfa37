namespace Loyalty.CoalitionPartners.Files;

/// <summary>
/// What a line must hold to be an entry of a partner's own book: what it is compared by. The same files serve as are sent to be posted; every
/// line may tell its points besides, and a purchase may have earned none.
/// </summary>
internal static class BookLineRules
{
    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public static LineFault? Fault(FiledTransaction t) => Misfit(t) is { } misfit
        ? LineFault.Malformed(misfit)
        : FiledTransactionRules.FaultOfValues(EarnsNothing(t) ? t with { Points = null } : t);

    private static bool EarnsNothing(FiledTransaction t) => t.Points is { Text: "0" } && HasAmount(t);

    private static bool HasAmount(FiledTransaction t) => t.Type is FiledTransaction.PurchaseType or FiledTransaction.ReturnType;

    private static string? Misfit(FiledTransaction t)
    {
        if (t.Type is not (FiledTransaction.PurchaseType or FiledTransaction.ReturnType or FiledTransaction.RedemptionType or FiledTransaction.RedemptionReversalType))
        {
            return $"The type is none of {FiledTransaction.PurchaseType}, {FiledTransaction.ReturnType}, {FiledTransaction.RedemptionType} and "
                + $"{FiledTransaction.RedemptionReversalType}. Send one of them.";
        }

        ReadOnlySpan<(string Name, bool Given, bool Needed, bool Allowed)> members =
        [
            ("amount", t.Amount is not null, HasAmount(t), HasAmount(t)), ("currency", t.Currency is not null, HasAmount(t), HasAmount(t)),
            ("points", t.Points is not null, !HasAmount(t), true),
        ];
        foreach (var (name, given, needed, allowed) in members)
        {
            if (needed && !given) return $"A {t.Type} has a member '{name}'. Add it.";
            if (given && !allowed) return $"A {t.Type} has no member '{name}'. Remove it.";
        }

        return null;
    }
}
