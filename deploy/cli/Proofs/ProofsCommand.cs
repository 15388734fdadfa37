using System.CommandLine;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Proofs;

/// <summary><c>proofs CYCLE FOLDER</c>.</summary>
internal static class ProofsCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var cycle = new Argument<string>("cycle") { Description = "The closed cycle, such as 2017-03, 2017-W09 or 2017-03-14." };
        var folder = new Argument<string>("folder") { Description = "Where evidence is kept: each statement gets a folder in it, and checkpoints that lie there are proven to be continued." };
        var partner = new Option<string?>("--partner") { Description = "Whose statement, for operators: the partner's code." };
        var command = new Command("proofs", "Save a partner's statement with everything that is needed to verify it offline.") { cycle, folder, partner };
        command.SetAction((parsed, ct) => Outcome.Of(() => Run(parsed.GetRequiredValue(cycle), parsed.GetRequiredValue(folder), parsed.GetValue(partner), ct), ct));
        return command;
    }

    private static async Task Run(string cycle, string folder, string? partner, CancellationToken ct)
    {
        var (address, client, secret) = Addresses.Reader();
        using var http = new HttpClient();
        var transport = new Transport(http, Patience);
        using var tokens = new TokenSource(transport, address, client, secret);
        GatheredProofs gathered;
        try
        {
            gathered = await new StatementProofs(new ServiceClient(transport, address, tokens), folder).Gather(cycle, partner, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoppedException($"The proofs can't be saved: {e.Message} Name another folder, or make room.", e);
        }

        Console.WriteLine(FormattableString.Invariant(
            $"The statement of {gathered.Code} for {gathered.Cycle}: {gathered.Lines} lines, {gathered.Events} events, all in checkpoint {gathered.Checkpoint}."));
        Console.WriteLine(gathered.Kept == 0
            ? $"No earlier checkpoint was kept in {folder}, so nothing is proven about one. Keep this one."
            : FormattableString.Invariant($"Earlier checkpoints that were kept in {folder}, to be continued by it: {gathered.Kept}."));
        Console.WriteLine($"Verify them: ./loyalty verify {gathered.Folder}");
    }
}
