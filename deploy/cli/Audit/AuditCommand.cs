using System.CommandLine;
using System.Globalization;
using Npgsql;

namespace Loyalty.Cli.Audit;

/// <summary><c>audit</c>: whether the databases keep the invariants, found out by code of its own.</summary>
internal static class AuditCommand
{
    private static readonly Option<string?> Ledger = new("--ledger") { Description = "Connection string of the ledger's database." };
    private static readonly Option<string?> Partners = new("--partners") { Description = "Connection string of the database of CoalitionPartners." };
    private static readonly Option<string?> Customers = new("--customers") { Description = "Connection string of the database of Customers." };
    private static readonly Option<string?> Cards = new("--cards") { Description = "Connection string of the database of Cards." };

    private static readonly Option<int> Patience = new("--patience")
    {
        Description = "Seconds to wait until messages under way have been consumed.",
        DefaultValueFactory = _ => 30,
    };

    public static Command Create()
    {
        var audit = new Command("audit", "Read the databases and check every invariant that databases can show.") { Ledger, Partners, Customers, Cards, Patience };
        audit.SetAction((parsed, ct) => Outcome.Of(
            () => Run(
                AuditedPlaces.Of(parsed.GetValue(Ledger), parsed.GetValue(Partners), parsed.GetValue(Customers), parsed.GetValue(Cards)),
                TimeSpan.FromSeconds(parsed.GetValue(Patience)), ct),
            ct));
        return audit;
    }

    private static async Task Run(AuditedPlaces places, TimeSpan patience, CancellationToken ct)
    {
        var checks = new List<Check>();
        try
        {
            await foreach (var some in Audits.Of(places, patience, ct)) checks.AddRange(some);
        }
        catch (NpgsqlException e)
        {
            throw new StoppedException($"A database can't be read: {e.Message}. Start the coalition with ./loyalty up, or give other connection strings.", e);
        }

        var failed = checks.Count(c => c.Broken > 0);
        foreach (var line in checks.Select(Lines).Concat(Elsewhere.Lines()).OrderBy(l => l.Number).SelectMany(l => l.Lines)) Console.WriteLine(line);
        Console.WriteLine($"audit: {Show.Number(checks.Count)} checks, {Show.Number(failed)} failed");
        if (failed > 0) throw new StoppedException("The databases break what must always hold. docs/audit.md says what each check means.");
    }

    private static (int Number, IEnumerable<string> Lines) Lines(Check check)
    {
        var verdict = check.Broken == 0 ? "ok    " : "FAILED";
        var remark = check.Remark is null ? "" : $"; {check.Remark}";
        var took = check.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return (check.Number, check.Told.Select(sentence => $"            {sentence}").Prepend($"{verdict} {check.Number,2}  {check.Title}: {check.Figure}{remark} ({took} s)"));
    }
}

/// <summary>What databases can't show.</summary>
internal static class Elsewhere
{
    public static IEnumerable<(int Number, IEnumerable<string> Lines)> Lines() =>
    [
        (6, ["-       6  an acknowledged posting survives a crash: shown by tests/Journeys.Tests/PullingThePlug.cs"]),
        (14, ["-      14  a partner sees and posts only its own: shown by tests/PointsLedger.Tests/Features/ReadingTheLedger.cs"]),
    ];
}
