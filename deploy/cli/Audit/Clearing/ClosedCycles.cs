using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>What cycles were closed with, against what the log comes to, and whether it adds up from one cycle to the next.</summary>
/// <param name="computed">Statements say what the log comes to.</param>
/// <param name="added">Statements and nettings add up.</param>
internal sealed class ClosedCycles(AuditedDatabase partners, long mark, Check computed, Check added)
{
    private readonly Dictionary<(Guid Partner, string Currency), long> forward = [];
    private readonly HashSet<string> closed = new(StringComparer.Ordinal);

    /// <summary>A cycle that was closed.</summary>
    /// <param name="cut">What the log put into it; null where it was not cut.</param>
    public async Task Compare(long sequence, JsonElement fact, CutCycle? cut, CancellationToken ct)
    {
        var cycle = fact.Text("Cycle");
        computed.Saw("cycles closed");
        computed.Holds(closed.Add(cycle), () => $"Cycle {cycle} is closed twice.");
        computed.Holds(
            cut is not null && cut.Cycle == new ReplayedCycle(cycle, fact.Time("From"), fact.Time("Until")) && cut.Sequence == fact.Number("ThroughSequence"),
            () => $"Cycle {cycle} is closed at event {sequence} with another time or another cut than {cut?.Cycle} at event {cut?.Sequence}.");
        var carried = new Dictionary<(Guid Partner, string Currency), long>();
        foreach (var currency in fact.Items("Currencies"))
        {
            var code = currency.Text("Currency");
            var nets = 0L;
            foreach (var statement in currency.Items("Statements"))
            {
                var account = (Partner: statement.Id("Partner"), Currency: statement.Text("Currency"));
                var items = StatementItem.AllOf(statement);
                computed.Saw("statements");
                added.Saw("statements");
                if (cut is not null) SameItems(cycle, account, items, cut);
                nets += items.Where(i => i.InPosition).Sum(i => i.Amount);
                BroughtForward(cycle, account, statement.Number("BroughtForward"));
                added.Holds(account.Currency == code && carried.TryAdd(account, statement.Number("BroughtForward") + items.Sum(i => i.Amount)), () => $"Cycle {cycle} has a statement of {account} twice.");
            }

            added.Saw("nettings");
            added.Holds(
                nets + currency.Number("Coalition") == 0,
                () => $"Cycle {cycle}: partners' positions come to {Currencies.Told(nets, code)}, and the coalition's account is {Currencies.Told(currency.Number("Coalition"), code)}.");
        }

        if (cut is not null) Missing(cycle, carried, cut);
        foreach (var (account, amount) in carried) forward[account] = amount;
        if (sequence <= mark) await Balances(cycle, carried, ct);
    }

    private void SameItems(string cycle, (Guid Partner, string Currency) account, List<StatementItem> stored, CutCycle cut)
    {
        var due = Due(account, cut);
        computed.Saw("lines", stored.Count);
        foreach (var item in Without(stored, due)) computed.Breaks($"Cycle {cycle}, {account.Partner}: the statement has {Told(item, account.Currency)}, and the log doesn't come to that.");
        foreach (var item in Without(due, stored)) computed.Breaks($"Cycle {cycle}, {account.Partner}: the log comes to {Told(item, account.Currency)}, and the statement doesn't say so.");
    }

    private static List<StatementItem> Due((Guid Partner, string Currency) account, CutCycle cut)
    {
        var charges = cut.Agreed.GetValueOrDefault(account.Partner) is { } agreed && agreed.Currency == account.Currency ? agreed : null;
        return (cut.Held.Accounts.GetValueOrDefault(account) ?? new()).Statement(account.Currency, charges);
    }

    private void BroughtForward(string cycle, (Guid Partner, string Currency) account, long amount)
    {
        var before = forward.GetValueOrDefault(account);
        added.Holds(
            amount == before,
            () => $"Cycle {cycle}, {account.Partner}: {Currencies.Told(amount, account.Currency)} are brought forward, and {Currencies.Told(before, account.Currency)} were carried forward.");
    }

    // Everybody with something to say, or to carry on, has a statement.
    private void Missing(string cycle, Dictionary<(Guid Partner, string Currency), long> carried, CutCycle cut)
    {
        var accounts = cut.Held.Accounts.Keys.Concat(cut.Agreed.Select(a => (Partner: a.Key, a.Value.Currency))).Concat(forward.Where(f => f.Value != 0).Select(f => f.Key)).Distinct();
        foreach (var account in accounts.Where(a => !carried.ContainsKey(a)))
        {
            computed.Holds(Due(account, cut).Count == 0, () => $"Cycle {cycle}: {account.Partner} has no statement in {account.Currency}, and the log comes to {Told(Due(account, cut)[0], account.Currency)}.");
            if (forward.GetValueOrDefault(account) != 0) BroughtForward(cycle, account, 0);
        }
    }

    private async Task Balances(string cycle, Dictionary<(Guid Partner, string Currency), long> carried, CancellationToken ct)
    {
        var left = new Dictionary<(Guid, string), long>(carried);
        await foreach (var row in partners.Rows("select partner, currency, carried_forward from clearing.balances where cycle = $1", ct, cycle))
        {
            var account = (row.GetGuid(0), row.GetString(1));
            added.Holds(
                left.Remove(account, out var amount) && amount == row.GetInt64(2),
                () => $"Cycle {cycle}, {account.Item1}: {Currencies.Told(row.GetInt64(2), account.Item2)} are shown as carried forward, and its statement comes to {Currencies.Told(amount, account.Item2)}.");
        }

        foreach (var ((partner, currency), amount) in left) added.Breaks($"Cycle {cycle}, {partner}: {Currencies.Told(amount, currency)} are carried forward, and not shown.");
    }

    private static List<StatementItem> Without(List<StatementItem> items, List<StatementItem> others)
    {
        var left = new List<StatementItem>(items);
        foreach (var other in others) left.Remove(other);
        return left;
    }

    private static string Told(StatementItem item, string currency) => $"{item.Name} ({item.Says}) of {Currencies.Told(item.Amount, currency)}";
}
