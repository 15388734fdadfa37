using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.PointsLedger.Views;

/// <summary>
/// Rates a past period again by draft rules, and writes nothing but its own progress. It goes through the accounts a few hundred at a
/// time and holds the standing of one of them, so that memory does not grow with their number nor with that of events; only the
/// purchases of a single member that came out otherwise are kept until the next member's turn.
/// </summary>
internal sealed class WhatIfRun(WhatIfHistory history, RuleBook rules, WhatIfRows rows)
{
    private const int AccountsAtATime = 200;

    /// <summary>The report; null when it was cancelled.</summary>
    public async Task<WhatIfReport?> Run(WhatIf whatIf, CancellationToken ct)
    {
        var asked = whatIf.Asked;
        var offer = asked.Offer is { } document ? DraftDocuments.Offer(document) : null;
        var set = (await rules.Rules()).With(offer, asked.Programme is { } programme ? DraftDocuments.Programme(programme) : null, asked.Replaces);
        var terms = await history.Terms(ct);
        var draft = new Draft(asked.From, asked.Until, offer?.Id, (purchase, profile) => terms.Rules(set, purchase, profile), set.ProgrammeAt);

        var upTo = await history.End(ct);
        var (differences, count, read, seen) = (new Differences(), new WhatIfCount(upTo, 0, 0, 0, 0), 0L, 0L);
        var last = Guid.Empty;
        while (true)
        {
            if (!await rows.Note(whatIf.Id, new(read, Math.Max(upTo, read), seen, count.Purchases), ct)) return null;
            var accounts = await history.Accounts(last, AccountsAtATime, ct);
            if (accounts.Count == 0) break;
            count = await Rerate(accounts, upTo, draft, differences, count, ct);
            (last, read, seen) = (accounts[^1].Id, read + accounts.Sum(a => a.Events), seen + accounts.Count);
        }

        return WhatIfReport.Of(count, differences, terms, offer?.Budget is { } budget ? new Dictionary<string, long> { [offer.Id] = budget.Value } : []);
    }

    private async Task<WhatIfCount> Rerate(
        IReadOnlyList<AccountLength> accounts, long upTo, Draft draft, Differences differences, WhatIfCount count, CancellationToken ct)
    {
        Guid[] ids = [.. accounts.Select(a => a.Id)];
        var profiles = await history.Profiles(ids, ct);
        Rerating? account = null;
        var current = Guid.Empty;
        await foreach (var (id, fact) in history.Facts(ids, upTo, ct))
        {
            if (account is null || id != current)
            {
                count = After(account, count);
                (account, current) = (new(new(id), profiles.GetValueOrDefault(id) ?? MemberProfile.Unknown, draft, differences), id);
            }

            account.Take(fact);
        }

        return After(account, count);
    }

    private static WhatIfCount After(Rerating? account, WhatIfCount count) => account is not { Purchases: > 0 } ? count : count with
    {
        Members = count.Members + 1,
        ChangedMembers = count.ChangedMembers + (account.Changed > 0 ? 1 : 0),
        Purchases = count.Purchases + account.Purchases,
        ChangedPurchases = count.ChangedPurchases + account.Changed,
    };
}
