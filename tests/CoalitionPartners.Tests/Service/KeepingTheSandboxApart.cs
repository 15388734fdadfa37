using System.Diagnostics;
using System.Net;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

[Collection(nameof(TheService))]
public sealed class KeepingTheSandboxApart(TheService service, PostgresServer postgres, RabbitServer rabbit)
{
    [Fact]
    public async Task refuses_the_tokens_of_one_programme_in_the_other_even_under_one_address()
    {
        await using var sandbox = new TheService(postgres, rabbit)
        {
            Besides = { ["Auth__Audience"] = "loyalty-sandbox", ["Programme__Name"] = "sandbox" },
        };
        await sandbox.InitializeAsync();
        var (partner, _) = await sandbox.Admit();
        var partners = await sandbox.PartnerToken(partner, "settlement.read");

        (await sandbox.Get("/v1/partners")).Status.ShouldBe(HttpStatusCode.OK);
        (await sandbox.Get("/v1/partners", service.Operator)).Problem.ShouldBe("invalid-token");
        (await service.Get("/v1/partners", sandbox.Operator)).Problem.ShouldBe("invalid-token");
        (await service.Get("/v1/settlements", partners)).Problem.ShouldBe("invalid-token");
        Names(await sandbox.Get("/v1/partners")).ShouldBe(["sandbox"]);
        Names(await sandbox.Get("/v1/partners", "garbage")).ShouldBe(["sandbox"]);
        Names(await service.Get("/v1/partners")).ShouldBeEmpty();
    }

    [Fact]
    public async Task gives_it_ports_and_a_folder_of_its_own()
    {
        var (exit, said) = await Script(("LOYALTY_HOME", "/var/tmp/real"), ("LOYALTY_LEDGER_PORT", "6104"));
        var settings = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(s => s[0], s => s[1], StringComparer.Ordinal);

        exit.ShouldBe(0);
        settings["LOYALTY_PROGRAMME"].ShouldBe("sandbox");
        settings["LOYALTY_HOME"].ShouldBe("/var/tmp/real-sandbox");
        settings["LOYALTY_LEDGER_PORT"].ShouldBe("6204");
        var ports = settings.Where(s => s.Key.EndsWith("_PORT", StringComparison.Ordinal)).Select(s => s.Value).ToList();
        ports.Count.ShouldBe(9);
        ports.Concat(["55432", "55672", "55682", "55692", "55702", "5101", "5102", "5103", "6104"]).ShouldBeUnique();
    }

    [Theory]
    [InlineData("LOYALTY_PROGRAMME", "sandbox")]
    [InlineData("LOYALTY_SANDBOX_PORTS", "0")]
    [InlineData("LOYALTY_SANDBOX_PORTS", "near")]
    public async Task refuses_a_sandbox_that_would_be_the_same(string name, string value) => (await Script((name, value))).Exit.ShouldBe(1);

    private static async Task<(int Exit, string Said)> Script(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "deploy", "local", "sandbox.sh"), ["settings"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private static IEnumerable<string> Names(Reply reply) => reply.Headers.TryGetValues("Loyalty-Programme", out var names) ? names : [];
}
