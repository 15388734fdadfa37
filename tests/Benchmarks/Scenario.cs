using Loyalty.Benchmarks.Contenders;
using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks;

/// <summary>What is measured in which order.</summary>
internal static class Scenario
{
    private static readonly string[] LedgerKeys = ["single", "hot", "ndjson", "balance-account", "balance-card", "open-loop", "settlement", "rebuild"];
    private static readonly string[] RuledKeys = ["single-rules", "ndjson-rules"];

    public static async Task<Results> Run(Site site, Machine machine)
    {
        await using var stack = new AsyncStack();
        if (site.Options.Long) return new Results(site.Options, machine, [], await LongLog(site, stack), []);

        var ledger = LedgerKeys.Any(site.Options.Runs) ? stack.Push(await Ledger.Start(site, site.Options.Accounts)) : null;
        var rounds = new Rounds(site.Options);
        var lines = await rounds.Run(await Contenders(site, ledger, stack));
        var findings = await CrossChecks(site, lines);
        if (ledger is not null) findings = [.. findings, .. await OfLedger(site, ledger, lines, stack)];
        if (site.Options.Runs("long-stream")) findings = [.. findings, .. await LongStream.Measure(site)];
        return new Results(site.Options, machine, lines, findings, rounds.Differences);
    }

    private static async Task<IReadOnlyList<Finding>> LongLog(Site site, AsyncStack stack)
    {
        var ledger = stack.Push(await Ledger.Start(site, site.Options.Accounts));
        await ledger.Settle(site.Options.Patience);
        await ledger.Warm(site);
        return await new LongLog(site, ledger).Measure();
    }

    private static async Task<IReadOnlyList<Contender>> Contenders(Site site, Ledger? ledger, AsyncStack stack)
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
        if (options.Runs("in-process")) contenders.Add(stack.Push(await InProcessPostings.Start(site)));
        if (options.Runs("in-process-rules")) contenders.Add(stack.Push(await InProcessPostings.Start(site, rules: true)));
        if (ledger is not null)
        {
            await ledger.Settle(site.Options.Patience);
            await ledger.Warm(site);
            contenders.AddRange(
            [
                LedgerOverHttp.Single(site, ledger), LedgerOverHttp.HotAccount(site, ledger), new LedgerLines(site, ledger),
                LedgerOverHttp.BalanceOfAccount(site, ledger), LedgerOverHttp.BalanceOfCard(site, ledger),
            ]);
        }

        if (RuledKeys.Any(options.Runs))
        {
            var ruled = stack.Push(await Ledger.Start(site, site.Options.Accounts, rules: true));
            await ruled.Settle(site.Options.Patience);
            await ruled.Warm(site);
            contenders.AddRange([LedgerOverHttp.SingleByRules(site, ruled), LedgerLines.ByRules(site, ruled)]);
        }

        return [.. contenders.Where(c => options.Runs(c.Key))];
    }

    private static async Task<IReadOnlyList<Finding>> CrossChecks(Site site, IReadOnlyList<Line> lines)
    {
        var findings = new List<Finding>();
        foreach (var line in lines.Where(l => l.Contender.Key is "empty" or "balance-account"))
        {
            var asked = (HttpContender)line.Contender;
            // Measured again just before, so that both find the machine in the same state.
            var ours = await asked.Measure(site.Options.Seconds, line.Width);
            findings.Add(await Wrk.CrossCheck(
                asked.Key, asked.Title, ours.Rate, asked.Port, site.Token(asked.Plan.Request), asked.Plan.Request, site.Options.Accounts, line.Width, site.Options.Seconds));
        }

        return findings;
    }

    private static async Task<IReadOnlyList<Finding>> OfLedger(Site site, Ledger ledger, IReadOnlyList<Line> lines, AsyncStack stack)
    {
        var findings = new List<Finding> { new("relay-behind", "most events left to the relay after a round", ledger.MostLeftBehind, "", "it goes on meanwhile") };
        if (site.Options.Runs("rebuild")) findings.AddRange(await RebuildOfBalances.Measure(ledger));
        if (lines.FirstOrDefault(l => l.Contender.Key == "single")?.Rate is not { } most) return findings;
        if (site.Options.Runs("open-loop")) findings.AddRange(await LedgerAtHalfLoad.Measure(site, ledger, most));
        if (site.Options.Runs("settlement"))
        {
            var coalition = stack.Push(await Coalition.Start(site, ledger));
            findings.AddRange(await stack.Push(new SettlementLag(site, ledger, coalition)).Measure(most));
        }

        return findings;
    }
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
