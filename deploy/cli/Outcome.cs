using Spectre.Console;

namespace Loyalty.Cli;

/// <summary>How a command ends: 0 when it did what it says, 1 with a sentence when it could not.</summary>
internal static class Outcome
{
    public static async Task<int> Of(Func<Task> command)
    {
        try
        {
            await command();
            return 0;
        }
        catch (StoppedException stopped)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{stopped.Message}[/]");
            return 1;
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.MarkupLine("[yellow]Interrupted. Run the command again to go on.[/]");
            return 130;
        }
    }
}
