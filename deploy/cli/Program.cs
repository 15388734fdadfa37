using System.CommandLine;
using Loyalty.Cli.Demo;
using Loyalty.Cli.Import;
using Spectre.Console;

// Without a terminal there is no width to ask for; the tables need this much.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 130;

var loyalty = new RootCommand("Talks to a running Loyalty coalition through its public interfaces.")
{
    DemoCommand.Create(),
    ImportCommand.Create(),
};
return await loyalty.Parse(args).InvokeAsync();
