using Loyalty.Benchmarks.Contenders;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks;

/// <summary>What is measured in which order.</summary>
internal static class Scenario
{
    public static async Task<Results> Run(Site site, Machine machine)
    {
        await using var stack = new AsyncStack();
        var contenders = await Contenders(site, stack);
        var lines = await new Rounds(site.Options).Run(contenders);
        return new Results(site.Options, machine, lines, []);
    }

    private static async Task<IReadOnlyList<Contender>> Contenders(Site site, AsyncStack stack)
    {
        var options = site.Options;
        var contenders = new List<Contender>();
        if (options.Runs("by-hand") || options.Runs("by-hand-8"))
        {
            await PlainSeed.Fill(site.HandDatabase, options.Accounts, "tables.sql", "by-hand.sql");
            contenders.AddRange([new HandWrittenSql(site), new HandWrittenSql(site, Clients: 8)]);
        }

        if (options.Runs("ef")) contenders.Add(stack.Push(await PlainContender.EntityFramework(site)));
        if (options.Runs("npgsql")) contenders.Add(stack.Push(await PlainContender.Npgsql(site)));
        if (options.Runs("empty")) contenders.Add(stack.Push(await EmptyContender.Start(site)));
        if (LedgerKeys.Any(options.Runs))
        {
            var ledger = stack.Push(await Ledger.Start(site, options.Accounts));
            await ledger.Settle();
            contenders.AddRange(
            [
                LedgerOverHttp.Single(site, ledger), LedgerOverHttp.HotAccount(site, ledger), new LedgerLines(site, ledger),
                LedgerOverHttp.BalanceOfAccount(site, ledger), LedgerOverHttp.BalanceOfCard(site, ledger),
            ]);
        }

        return [.. contenders.Where(c => options.Runs(c.Key))];
    }

    private static readonly string[] LedgerKeys = ["single", "hot", "ndjson", "balance-account", "balance-card"];
}

/// <summary>Disposes of what was pushed, the last first.</summary>
internal sealed class AsyncStack : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> pushed = [];

    public T Push<T>(T item) where T : IAsyncDisposable
    {
        pushed.Push(item);
        return item;
    }

    public async ValueTask DisposeAsync()
    {
        while (pushed.TryPop(out var item)) await item.DisposeAsync();
    }
}
