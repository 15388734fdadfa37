using System.Diagnostics;

namespace Loyalty.Cli.Audit;

/// <summary>One invariant: how much was looked at, and what of it is broken.</summary>
/// <param name="number">Its number among the invariants.</param>
/// <param name="title">What must hold.</param>
internal sealed class Check(int number, string title)
{
    private const int MostTold = 5;

    private readonly Dictionary<string, long> counts = [];
    private readonly List<string> told = [];

    public int Number => number;

    public string Title => title;

    public long Broken { get; private set; }

    /// <summary>The first few of what is broken, a sentence each.</summary>
    public IReadOnlyList<string> Told => told;

    /// <summary>What else there is to know, such as how far the comparison went.</summary>
    public string? Remark { get; set; }

    public TimeSpan Took { get; set; }

    public string Figure => string.Join(", ", counts.Select(c => $"{Show.Number(c.Value)} {c.Key}").Append($"{Show.Number(Broken)} broken"));

    public void Saw(string what, long many = 1) => counts[what] = counts.GetValueOrDefault(what) + many;

    public void Breaks(string sentence)
    {
        Broken++;
        if (told.Count < MostTold) told.Add(sentence);
    }

    /// <summary>Holds where it must hold; otherwise says so.</summary>
    public void Holds(bool so, Func<string> otherwise)
    {
        if (!so) Breaks(otherwise());
    }
}

/// <summary>The time that some checks take together.</summary>
internal static class Timed
{
    public static async Task<IReadOnlyList<Check>> Run(Func<Task<IReadOnlyList<Check>>> look)
    {
        var start = Stopwatch.GetTimestamp();
        var checks = await look();
        foreach (var check in checks) check.Took = Stopwatch.GetElapsedTime(start);
        return checks;
    }
}
