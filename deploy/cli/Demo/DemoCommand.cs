using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Loyalty.Cli.Api;
using Loyalty.Cli.Clear;
using Spectre.Console;

namespace Loyalty.Cli.Demo;

/// <summary><c>demo</c>: one day of a small coalition.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan SettlementFollowsWithin = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var demo = new Command("demo", "Live a day of a small coalition and show who has what and who owes whom.");
        demo.SetAction((_, ct) => Outcome.Of(() => Run(Addresses.FromEnvironment(), ct), ct));
        return demo;
    }

    private static async Task Run(Addresses addresses, CancellationToken ct)
    {
        var day = DateTimeOffset.UtcNow.ToString("yyyyMMdd'-'HHmmss", CultureInfo.InvariantCulture) + "-" + RandomNumberGenerator.GetHexString(4, lowercase: true);
        using var coalition = new Coalition(addresses);

        var cast = await Cast.Gather(coalition, day, ct);
        foreach (var shopper in cast.Shoppers)
            await coalition.Accounts.Know(shopper.Card, ct);
        var before = await coalition.Partners.Settlement(ct);

        AnsiConsole.MarkupLineInterpolated(
            $"[bold]A day in the coalition[/] [grey](run {day})[/]: {cast.Shops.Count} partners, {cast.Shoppers.Count} members, each with a card.");
        var story = new Day(coalition, cast, day);
        await story.Happen(ct);

        await Balances(coalition, cast, story, ct);
        await Settlement(coalition, before, story, ct);
        await Clearing(coalition, cast, ct);
        Interfaces(addresses);
    }

    private static async Task Clearing(Coalition coalition, Cast cast, CancellationToken ct)
    {
        var runs = await coalition.Clearing.Running(SettlementFollowsWithin, ct);
        ClearingTables.Statement(await coalition.Clearing.Statement(runs.Cycle.CycleId, cast.Supermarket.Id, ct));
        var until = runs.Cycle.Until.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        AnsiConsole.MarkupLineInterpolated($"Two operators close cycle {runs.Cycle.CycleId} when it is over, at {until} UTC: [bold]./loyalty clear {runs.Cycle.CycleId}[/]");
    }

    private static async Task Balances(Coalition coalition, Cast cast, Day story, CancellationToken ct)
    {
        var table = Show.Table("Members", "member", "card", "points");
        foreach (var shopper in cast.Shoppers)
        {
            var balance = await coalition.Accounts.Balance(shopper.Card, ct);
            if (balance.Points != story.ExpectedBalances[shopper])
                throw new StoppedException($"{shopper.Name} should have {story.ExpectedBalances[shopper]} points but has {balance.Points}.");
            table.AddRow(shopper.Name, shopper.Card, Show.Number(balance.Points));
        }

        AnsiConsole.WriteLine();
        AnsiConsole.Write(table);
    }

    private static async Task Settlement(Coalition coalition, Settlement before, Day story, CancellationToken ct)
    {
        var expected = story.ExpectedSettlement.ToDictionary(today => today.Key, today =>
        {
            var earlier = before.Lines.Where(line => line.Partner == today.Key).ToList();
            return (earlier.Sum(line => line.PointsIssued) + today.Value.Issued, earlier.Sum(line => line.PointsRedeemed) + today.Value.Redeemed);
        });
        var settlement = await Eventually.Settles(() => coalition.Partners.Settlement(ct), view => view.Covers(expected), SettlementFollowsWithin, ct);
        if (!settlement.Covers(expected))
            throw new StoppedException("The settlement has not caught up with the ledger. Look at './loyalty logs' and './loyalty errors'.");

        var table = Show.Table($"Settlement in {Cast.Currency}, all runs so far", "partner", "month", "issued", "redeemed", "owes", "is owed", "net");
        foreach (var line in settlement.Lines.Where(line => line.Currency == Cast.Currency))
            table.AddRow(
                line.Name.EscapeMarkup(), line.Month, Show.Number(line.PointsIssued), Show.Number(line.PointsRedeemed),
                Show.Money(line.Owes), Show.Money(line.IsOwed), Show.Money(line.Net));
        foreach (var line in settlement.Coalition.Where(line => line.Currency == Cast.Currency))
            table.AddRow("(coalition)", line.Month, "", "", "", "", Show.Money(line.Net));
        AnsiConsole.Write(table);
        var net = settlement.NetOfAll(Cast.Currency);
        AnsiConsole.MarkupLineInterpolated($"Net of all partners and the coalition: [bold]{Show.Money(net)}[/]");
        if (net != 0m)
            throw new StoppedException("The settlement does not net to zero.");
    }

    private static void Interfaces(Addresses addresses)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.MarkupLine("Try the interfaces yourself:");
        foreach (var (service, address) in new[]
        {
            ("CoalitionPartners", addresses.Partners), ("Customers", addresses.Customers), ("Cards", addresses.Cards), ("PointsLedger", addresses.Ledger),
        })
            AnsiConsole.MarkupLineInterpolated($"  {service,-18} [link]{new Uri(address, "swagger")}[/]");
    }
}
