using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.WhatIf;

/// <summary><c>what-if OFFER.json --from DAY --until DAY</c>.</summary>
internal static class WhatIfCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Cancelling = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var offer = new Argument<string>("offer") { Description = "File with the draft of an offer, as docs/offers/README.md describes it." };
        var from = new Option<string>("--from") { Description = "The first day, UTC, such as 2017-01-01.", Required = true };
        var until = new Option<string>("--until") { Description = "The first day that is out.", Required = true };
        var replaces = new Option<string?>("--replaces") { Description = "The id of an offer that is left out." };
        var command = new Command("what-if", "Run a draft offer over a past period: what it would have awarded and cost. Nothing is posted or published.")
        {
            offer, from, until, replaces,
        };
        command.SetAction((parsed, ct) => Outcome.Of(() => Run(
            new(Day(parsed.GetRequiredValue(from)), Day(parsed.GetRequiredValue(until)), Read(parsed.GetRequiredValue(offer)), parsed.GetValue(replaces)), ct), ct));
        return command;
    }

    private static async Task Run(WhatIfQuestion question, CancellationToken ct)
    {
        using var coalition = new Coalition(Addresses.FromEnvironment());
        var asked = await coalition.WhatIfs.Ask(question, ct);
        try
        {
            while (!asked.HasEnded)
            {
                Progress(asked);
                await Task.Delay(Look, ct);
                asked = await coalition.WhatIfs.Look(asked.Id, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            using var soon = new CancellationTokenSource(Cancelling);
            await coalition.WhatIfs.Cancel(asked.Id, soon.Token);
            throw;
        }

        Progress(asked);
        if (!Console.IsOutputRedirected) Console.WriteLine();
        WhatIfTables.Print(asked.Report ?? throw new StoppedException($"The what-if {asked.State}. {asked.Problem}"));
    }

    private static void Progress(Api.WhatIf asked)
    {
        if (Console.IsOutputRedirected) return;
        var p = asked.Progress;
        Console.Write($"\r{asked.State}: {Show.Number(p.EventsRead)} of about {Show.Number(p.EventsAbout)} events, {Show.Number(p.Accounts)} accounts, {Show.Number(p.Purchases)} purchases rated again   ");
    }

    private static DateTimeOffset Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? new(day, TimeOnly.MinValue, TimeSpan.Zero)
        : throw new StoppedException($"'{text}' is no day. Write it as 2017-01-01.");

    private static JsonElement Read(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(file)).RootElement.Clone();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StoppedException($"{file} can't be read: {e.Message}");
        }
    }
}
