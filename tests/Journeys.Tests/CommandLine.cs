using System.Diagnostics;

namespace Loyalty.Journeys.Tests;

/// <summary>How a run of the command line ended.</summary>
internal sealed record Ended(int ExitCode, string Output, string Errors);

/// <summary>The command line, run as people do.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<Ended> Run(Coalition coalition, params string[] arguments)
    {
        using var process = Start(coalition, arguments);
        return await End(process);
    }

    /// <summary>As a partner runs it: with its own client, and without the operators' secrets.</summary>
    public static async Task<Ended> RunAs(ApiClient client, Coalition coalition, params string[] arguments)
    {
        var start = Program(Repository.CommandLine, arguments);
        start.Environment["LOYALTY_PARTNERS_URL"] = coalition.UrlOf(Coalition.Partners).ToString();
        (start.Environment["LOYALTY_CLIENT_ID"], start.Environment["LOYALTY_CLIENT_SECRET"]) = client.Credentials;
        using var process = Process.Start(start)!;
        return await End(process);
    }

    /// <summary>The verifier, which is told nothing but where the evidence lies.</summary>
    public static async Task<Ended> Verify(string folder)
    {
        using var process = Process.Start(Program(Repository.Verifier, [folder]))!;
        return await End(process);
    }

    private static async Task<Ended> End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        return new Ended(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a run and ends it, as a crash would, once it has come as far as <paramref name="farEnough"/> says.</summary>
    public static async Task RunAndKill(Coalition coalition, Func<Task<bool>> farEnough, params string[] arguments)
    {
        using var process = Start(coalition, arguments);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.Holds(farEnough, TimeSpan.FromMinutes(2));
        process.HasExited.ShouldBeFalse("The run ended before it could be killed.");
        process.Kill();
        await said;
    }

    private static Process Start(Coalition coalition, string[] arguments)
    {
        var start = Program(Repository.CommandLine, arguments);
        start.Environment["LOYALTY_PARTNERS_URL"] = coalition.UrlOf(Coalition.Partners).ToString();
        start.Environment["LOYALTY_CUSTOMERS_URL"] = coalition.UrlOf(Coalition.Customers).ToString();
        start.Environment["LOYALTY_CARDS_URL"] = coalition.UrlOf(Coalition.Cards).ToString();
        start.Environment["LOYALTY_LEDGER_URL"] = coalition.UrlOf(Coalition.Ledger).ToString();
        start.Environment["LOYALTY_OPERATOR_SECRET"] = coalition.OperatorSecret;
        start.Environment["LOYALTY_APPROVER_SECRET"] = coalition.ApproverSecret;
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Program(string program, string[] arguments) => new("dotnet", [program, .. arguments])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };
}
