using System.Globalization;

namespace Loyalty.Benchmarks;

/// <summary>How much is measured, and which part of it.</summary>
/// <param name="Quick">Fewer accounts, rounds and seconds: to see whether something has changed, not to publish.</param>
/// <param name="Long">The scenario of ten million postings instead of the table of contenders.</param>
/// <param name="Json">Where to write the results as JSON too.</param>
/// <param name="Only">Keys of the contenders that shall run; all when empty.</param>
internal sealed record Options(bool Quick, bool Long, string? Json, IReadOnlyList<string> Only)
{
    public int Accounts => Quick ? 20_000 : 100_000;

    public int Rounds => Quick ? 2 : 5;

    public double Seconds => Quick ? 3 : 6;

    public double WarmUpSeconds => Quick ? 1.5 : 3;

    /// <summary>How long a ledger that has just started is asked for balances of all accounts before anything is measured.</summary>
    public double FillSeconds => Quick ? 3 : 15;

    /// <summary>How long the next round waits for the relay of the one before.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(Quick ? 5 : 15);

    /// <summary>The same at the end of the long scenario.</summary>
    public TimeSpan LongPatience => TimeSpan.FromMinutes(Quick ? 2 : 20);

    /// <summary>Postings of the long scenario.</summary>
    public long LongPostings => Quick ? 500_000 : 10_000_000;

    /// <summary>Whether everything is measured that fits one run.</summary>
    public bool IsWhole => !Long && Only.Count == 0;

    public bool Runs(string key) => Only.Count == 0 || Only.Contains(key, StringComparer.Ordinal);

    /// <summary>Reads the command line; null when it can't be understood.</summary>
    public static Options? Read(IReadOnlyList<string> args)
    {
        var options = new Options(Quick: false, Long: false, Json: null, Only: []);
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--quick": options = options with { Quick = true }; break;
                case "--long": options = options with { Long = true }; break;
                case "--json" when value is not null: (options, i) = (options with { Json = value }, i + 1); break;
                case "--only" when value is not null: (options, i) = (options with { Only = value.Split(',') }, i + 1); break;
                default: return null;
            }
        }

        return options;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Accounts:N0} accounts, {Rounds} rounds of {Seconds} s each, interleaved, medians{(Quick ? " (quick: less of everything, so only a hint)" : "")}");
}
