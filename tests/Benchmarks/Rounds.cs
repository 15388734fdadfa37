using Loyalty.Benchmarks.Contenders;
using Loyalty.Benchmarks.Report;

namespace Loyalty.Benchmarks;

/// <summary>Measures contenders in turn, several times (A B C A B C), so that whatever befalls the machine befalls all of them.</summary>
internal sealed class Rounds(Options options)
{
    // A connection that broke may have had as many postings on their way, where they are lines.
    private const int MostOnTheirWay = 5000;

    private readonly Dictionary<string, long> acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> unanswered = new(StringComparer.Ordinal);
    private readonly List<string> differences = [];

    /// <summary>Contenders whose databases do not hold what they have acknowledged.</summary>
    public IReadOnlyList<string> Differences => differences;

    /// <summary>The lines of the table, in the contenders' order.</summary>
    public async Task<IReadOnlyList<Line>> Run(IReadOnlyList<Contender> contenders)
    {
        var lines = new List<Line>();
        foreach (var contender in contenders) lines.Add(await WarmUp(contender));
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var line in lines.Where(l => l.WhyNot is null))
            {
                var measured = await Measure(line.Contender, options.Seconds, line.Width);
                line.Rounds.Add(measured);
                Progress.Say(FormattableString.Invariant($"  round {round}  {line.Contender.Title,-34}{measured.Rate,10:N0}/s  p99 {measured.P99,8:N2} ms  {measured.Fault}"));
            }
        }

        foreach (var book in lines.Where(l => l.WhyNot is null && l.Contender.Book is not null).GroupBy(l => l.Contender.Book!, StringComparer.Ordinal))
            await Compare(book.Key, book.First().Contender, unanswered.GetValueOrDefault(book.Key));
        return lines;
    }

    // While a contender warms up it also shows how many clients serve it best.
    private async Task<Line> WarmUp(Contender contender)
    {
        if (await contender.WhyNot() is { } reason) return new Line(contender, 0, reason);
        var widths = options.Quick ? [contender.Widths[0]] : contender.Widths;
        await Measure(contender, options.WarmUpSeconds, widths[0]);
        var best = (Width: widths[0], Rate: 0.0);
        foreach (var width in widths.Count > 1 ? widths : [])
        {
            var measured = await Measure(contender, options.WarmUpSeconds, width);
            if (measured.Rate > best.Rate) best = (width, measured.Rate);
        }

        Progress.Say(FormattableString.Invariant($"  warm     {contender.Title,-34}{best.Width,4} at once"));
        return new Line(contender, best.Width, null);
    }

    private async Task<Measurement> Measure(Contender contender, double seconds, int width)
    {
        var measured = await contender.Measure(seconds, width);
        if (contender.Book is { } book)
        {
            acknowledged[book] = acknowledged.GetValueOrDefault(book) + measured.Accepted;
            if (measured.Fault is not null) unanswered[book] = unanswered.GetValueOrDefault(book) + measured.Failed + (width * MostOnTheirWay);
        }

        await contender.Settle();
        return measured;
    }

    // A contender that is fast because it forgets is not fast. What got no answer may be stored or not.
    private async Task Compare(string book, Contender contender, long failed)
    {
        var (said, stored) = (acknowledged[book], await contender.Stored());
        var comparison = FormattableString.Invariant($"{book}: {said:N0} postings acknowledged, {stored:N0} stored");
        Progress.Say("  " + comparison);
        if (stored < said || stored > said + failed) differences.Add(comparison);
    }
}
