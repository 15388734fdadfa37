using Loyalty.Benchmarks.Ground;
using Loyalty.Benchmarks.Load;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks.Contenders;

/// <summary>
/// Ten million postings, really posted: whether the ledger is as fast afterwards as on an empty log, and whether its memory stays
/// what it was.
/// </summary>
internal sealed class LongLog(Site site, Ledger ledger)
{
    private const int Looks = 10;

    // One part must end within this time, however slow the machine.
    private const double MostSecondsOfAPart = 300;

    private readonly LedgerLines lines = new(site, ledger);
    private readonly List<double> resident = [];

    public async Task<IReadOnlyList<Finding>> Measure()
    {
        if (await lines.WhyNot() is { } reason)
            return [new("long-rate-ratio", "posting rate on a long log ÷ on an empty log", null, "", reason), new("long-memory", "resident memory after it", null, "MB", reason)];

        await Post(seconds: site.Options.WarmUpSeconds, most: null);
        var empty = await Rate("empty log");
        var part = site.Options.LongPostings / Looks;
        for (var look = 1; look <= Looks; look++)
        {
            var result = await WithEmptiedQueues(Post(MostSecondsOfAPart, part));
            resident.Add(Processors.ResidentMegabytes(ledger.Process.Id));
            Progress.Say(FormattableString.Invariant($"  {look * part,12:N0} postings, the last at {result.Rate:N0}/s, {resident[^1]:N0} MB resident {result.Fault}"));
        }

        await ledger.Settle(site.Options.LongPatience);
        var behind = await ledger.Behind();
        var full = await Rate("long log");
        var note = FormattableString.Invariant($"{await ledger.Events():N0} events in the log{(behind == 0 ? "" : FormattableString.Invariant($", the relay still {behind:N0} behind"))}");
        return
        [
            new("long-rate-empty", "NDJSON lines on an empty log", empty, "/s", ""),
            new("long-rate-full", "NDJSON lines on a long log", full, "/s", note),
            new("long-rate-ratio", "posting rate on a long log ÷ on an empty log", full / empty, "", note),
            new("long-memory", "resident memory after it", Processors.ResidentMegabytes(ledger.Process.Id), "MB",
                "after each tenth: " + string.Join(" ", resident.Select(r => FormattableString.Invariant($"{r:N0}")))),
        ];
    }

    private async Task<double> Rate(string what)
    {
        var rounds = new List<double>();
        for (var round = 0; round < site.Options.Rounds; round++)
        {
            rounds.Add((await Post(site.Options.Seconds, most: null)).Rate);
            await ledger.Settle(site.Options.Patience);
        }

        rounds.Sort();
        var median = rounds[(rounds.Count - 1) / 2];
        Progress.Say(FormattableString.Invariant($"  {what}: {median:N0}/s"));
        return median;
    }

    private Task<LoadResult> Post(double seconds, long? most) => site.Generator.Run(lines.Plan with
    {
        Port = ledger.Process.Url.Port, Token = site.Token(Request.Lines), Connections = lines.Widths[0], Seconds = seconds, MostLines = most,
    });

    // The services that would take the messages do not run here, and nobody's disk is to be filled with what they would have taken.
    private async Task<LoadResult> WithEmptiedQueues(Task<LoadResult> posting)
    {
        while (await Task.WhenAny(posting, Task.Delay(TimeSpan.FromSeconds(2))) != posting) await ledger.EmptyQueues();
        return await posting;
    }
}
