using System.CommandLine;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Clear;

/// <summary><c>clear CYCLE</c>.</summary>
internal static class ClearCommand
{
    public static Command Create()
    {
        var cycle = new Argument<string>("cycle") { Description = "The cycle, such as 2017-03, 2017-W09 or 2017-03-14." };
        var command = new Command("clear", "Close a clearing cycle with the two operators' clients and show what everybody pays and gets.") { cycle };
        command.SetAction((parsed, ct) => Outcome.Of(() => Run(parsed.GetRequiredValue(cycle), ct), ct));
        return command;
    }

    private static async Task Run(string cycle, CancellationToken ct)
    {
        using var coalition = new Coalition(Addresses.FromEnvironment());
        ClearingTables.Netting(await coalition.Clearing.Close(cycle, ct));
    }
}
