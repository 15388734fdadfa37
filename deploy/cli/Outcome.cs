using Spectre.Console;

namespace Loyalty.Cli;

/// <summary>How a command ends: 0 when it did what it says, 1 with a sentence when it could not.</summary>
internal static class Outcome
{
    public static async Task<int> Of(Func<Task> command, CancellationToken ct)
    {
        try
        {
            await command();
            return 0;
        }
        catch (StoppedException stopped)
        {
            return Say(stopped.Message, "red", 1);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return Say("Interrupted. Run the command again to go on.", "yellow", 130);
        }
    }

    private static int Say(string sentence, string colour, int code)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        errors.Profile.Width = Math.Max(errors.Profile.Width, 1000);
        errors.MarkupLine($"[{colour}]{sentence.EscapeMarkup()}[/]");
        return code;
    }
}
