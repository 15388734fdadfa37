using System.Globalization;
using System.Text.Json;

namespace Loyalty.Cli.Audit;

/// <summary>
/// An account's state as the ledger keeps it beside the log, so that it need not read the whole stream: compared where its version passes
/// by in the replay.
/// </summary>
internal static class StoredState
{
    public static void Compare(AccountReplay account, JsonElement state, long version, Check check)
    {
        check.Saw("states");
        var stored = state.Items("Lots").Select(lot => lot.GetString()!).ToList();
        var replayed = account.Live.Values.OrderBy(lot => lot.Number).ToList();
        check.Holds(
            state.NumberOrZero("Debt") == account.Debt && state.NumberOrZero("LastLot") == account.LastLot,
            () => $"The state of account {account.Id} at version {version} says debt {state.NumberOrZero("Debt")} and last lot {state.NumberOrZero("LastLot")}, its facts {account.Debt} and {account.LastLot}.");
        check.Holds(
            stored.Count == replayed.Count && stored.Zip(replayed).All(pair => Same(pair.First, pair.Second)),
            () => $"The state of account {account.Id} at version {version} has {stored.Count} lots, its facts {replayed.Count}; the first that differs is {FirstThatDiffers(stored, replayed)}.");
    }

    private static string FirstThatDiffers(List<string> stored, List<LotReplay> replayed)
    {
        var place = 0;
        while (place < stored.Count && place < replayed.Count && Same(stored[place], replayed[place])) place++;
        var own = place < replayed.Count ? replayed[place] : null;
        return $"{(place < stored.Count ? stored[place] : "none")}, and by its facts "
            + (own is null ? "none" : $"lot {own.Number} of {own.Purchase}: {own.Accrued} accrued, {own.Remaining} left, {own.Reserved} reserved, until {own.ExpiresAt?.ToString("O", CultureInfo.InvariantCulture) ?? "ever"}{(own.Pending ? ", pending" : "")}");
    }

    // number/issuer/purchase/agreement/accrued/expiry/remaining/reserved[/activation/pending/slides/offer/accrual]
    private static bool Same(string stored, LotReplay lot)
    {
        var parts = stored.Split('/', 13);
        return parts.Length >= 8
            && Number(parts[0]) == lot.Number && Guid.Parse(parts[1]) == lot.Issuer && parts[2] == lot.Purchase && Number(parts[4]) == lot.Accrued
            && Time(parts[5]) == lot.ExpiresAt && Number(parts[6]) == lot.Remaining && Number(parts[7]) == lot.Reserved
            && (parts.Length > 9 && parts[9] == "1") == lot.Pending;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string text) => text == "-" ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
