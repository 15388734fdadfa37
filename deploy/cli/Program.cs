using System.CommandLine;
using Loyalty.Cli.Audit;
using Loyalty.Cli.Broker;
using Loyalty.Cli.Clear;
using Loyalty.Cli.Demo;
using Loyalty.Cli.Import;
using Loyalty.Cli.Proofs;
using Loyalty.Cli.Sandbox;
using Loyalty.Cli.WhatIf;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // Nobody watches: no colours, and a width at which the tables fit, because there is no terminal to ask for one.
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No,
    });
    AnsiConsole.Profile.Width = 130;
}

var loyalty = new RootCommand("Talks to a running Loyalty coalition through its public interfaces.")
{
    DemoCommand.Create(),
    ImportCommand.Create(),
    WhatIfCommand.Create(),
    ClearCommand.Create(),
    ErrorCommands.Errors(),
    ErrorCommands.Redrive(),
    AuditCommand.Create(),
    ProofsCommand.Create(),
    SeedCommand.Create(),
};
return await loyalty.Parse(args).InvokeAsync();
