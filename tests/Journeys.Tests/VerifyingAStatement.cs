using System.Text.Json.Nodes;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>From the till to the evidence: a partner has its statement proven, and trusts neither the operator nor the network.</summary>
[Collection(ClosingCoalition.Name)]
public sealed class VerifyingAStatement(Coalition coalition) : IDisposable
{
    private readonly DirectoryInfo evidence = Directory.CreateTempSubdirectory("loyalty-evidence");

    [Fact]
    public async Task convinces_the_partner_offline_until_somebody_changes_an_event_behind_it()
    {
        var (grocery, pharmacy) = (await coalition.Operator.AdmitRetailer(issuePrice: 0.0125m), await coalition.Operator.AdmitRetailer(2m, 0.020m, 0.009m));
        var kept = await KeepACheckpoint(pharmacy);
        var (medicine, spent) = await Trade(grocery, pharmacy);
        await new ClosedCycles(coalition).Close(LastMonth.Name);
        var checkpoint = await CheckpointOfTheClosing(pharmacy);

        var behind = await PostingsBehind(pharmacy, "issue");
        behind.ShouldContain(p => p!["transactionId"]!.GetValue<string>() == medicine && p["points"]!.GetValue<long>() == 80);
        (await PostingsBehind(pharmacy, "acceptance")).ShouldHaveSingleItem()!["transactionId"]!.GetValue<string>().ShouldBe(spent);
        var everybodys = await CommandLine.Run(coalition, "proofs", LastMonth.Name, evidence.FullName);
        everybodys.ExitCode.ShouldBe(1, everybodys.ToString());
        everybodys.Errors.ShouldContain("--partner PARTNER");
        var folder = await Gather(pharmacy);
        var honest = await CommandLine.Verify(folder);
        honest.ExitCode.ShouldBe(0, honest.ToString());
        honest.Output.ShouldContain($"checkpoint {checkpoint} continues checkpoint {kept}: its first {kept} events are the same");
        honest.Output.ShouldContain("81 points and -1.62 EUR are what its 3 proven postings come to");
        honest.Output.ShouldContain("100 points and 0.9 EUR are what its 1 proven postings come to");

        var fact = behind[0]!["sequence"]!.GetValue<long>();
        var data = await InPartnersDatabase<string>($"select data::text from mt_events where seq_id = {fact}");
        await InPartnersDatabase<object>($"update mt_events set data = jsonb_set(data, array['Prices','0','Postings','0','Points'], '81') where seq_id = {fact}");
        try
        {
            var audited = await AuditingDatabases.Audit(coalition);
            audited.ExitCode.ShouldBe(1, audited.ToString());
            audited.Output.ShouldContain($"is not what checkpoint {checkpoint} signs; up to checkpoint {kept} it is. Event {fact} is not the one that was hashed at its place.");

            (await CommandLine.Verify(folder)).ExitCode.ShouldBe(0, "What was gathered before goes on to prove what was signed.");
            var changed = await CommandLine.Verify(await Gather(pharmacy));
            changed.ExitCode.ShouldBe(1, changed.ToString());
            changed.Output.ShouldContain($"FAILED  event-{fact}.json: event {fact}, as it reads here, is not at place");
        }
        finally
        {
            await InPartnersDatabase<object>($"update mt_events set data = '{data}' where seq_id = {fact}");
        }

        var longer = Path.Combine(evidence.FullName, "kept", "checkpoint-1000000.json");
        await File.WriteAllTextAsync(longer, """{ "size": 1000000 }""");
        var shortened = await CommandLine.RunAs(pharmacy.Office, coalition, "proofs", LastMonth.Name, evidence.FullName);
        shortened.ExitCode.ShouldBe(1, shortened.ToString());
        shortened.Errors.ShouldContain($"{longer} covers 1000000 events");
        var mended = await AuditingDatabases.Audit(coalition);
        mended.ExitCode.ShouldBe(0, mended.ToString());
    }

    [Fact]
    public async Task gathers_nothing_that_may_still_change()
    {
        var retailer = await coalition.Operator.AdmitRetailer();
        var open = await CommandLine.RunAs(retailer.Office, coalition, "proofs", LastMonth.Next, evidence.FullName);
        open.ExitCode.ShouldBe(1, open.ToString());
        open.Errors.ShouldContain($"Cycle {LastMonth.Next} is not closed");
    }

    public void Dispose() => evidence.Delete(recursive: true);

    // Whatever there is before the month is traded and closed.
    private async Task<long> KeepACheckpoint(Retailer retailer)
    {
        JsonNode newest = null!;
        await Eventually.Holds(async () => newest = (await Partners(retailer, "v1/checkpoints?limit=1"))["items"]!.AsArray().ShouldHaveSingleItem()!);
        var size = newest["size"]!.GetValue<long>();
        var answer = (await retailer.Office.Get(new Uri(coalition.UrlOf(Coalition.Partners), $"v1/checkpoints/{size}"))).Accepted();
        await File.WriteAllTextAsync(Path.Combine(evidence.CreateSubdirectory("kept").FullName, $"checkpoint-{size}.json"), answer.Text);
        return size;
    }

    private async Task<(string Medicine, string Spent)> Trade(Retailer grocery, Retailer pharmacy)
    {
        var anna = await coalition.Operator.EnrolOne(pharmacy.Till);
        var (medicine, spent) = (Till.NextId(), Till.NextId());
        await grocery.Till.BuyWhenKnown(anna, 84.60m, at: LastMonth.Noon);
        await pharmacy.Till.BuyWhenKnown(anna, 40.00m, medicine, at: LastMonth.Noon);
        (await pharmacy.Till.Buy(anna, 10.55m, at: LastMonth.Noon)).Accepted();
        (await pharmacy.Till.Redeem(anna, 100, spent, at: LastMonth.Noon)).Accepted();
        (await pharmacy.Till.Return(medicine, 10.00m, at: LastMonth.Noon)).Accepted();
        await Eventually.Holds(async () =>
        {
            (await coalition.Operator.PositionOf(grocery.Till)).ShouldBe(new Position(84, 0, 1.05m, 0m, -1.05m));
            (await coalition.Operator.PositionOf(pharmacy.Till)).ShouldBe(new Position(81, 100, 1.62m, 0.90m, -0.72m));
        }, TimeSpan.FromSeconds(30));
        return (medicine, spent);
    }

    // Nobody asks for it: that the cycle is closed does.
    private async Task<long> CheckpointOfTheClosing(Retailer retailer)
    {
        var closed = await InPartnersDatabase<long>("select max(seq_id) from mt_events where type = 'cycle-closed'");
        JsonNode? made = null;
        await Eventually.Holds(async () => made = (await Partners(retailer, "v1/checkpoints"))["items"]!.AsArray()
            .FirstOrDefault(c => c!["reason"]!.GetValue<string>() == "event" && c["lastSequence"]!.GetValue<long>() >= closed).ShouldNotBeNull());
        return made!["size"]!.GetValue<long>();
    }

    private async Task<JsonArray> PostingsBehind(Retailer retailer, string kind)
    {
        var address = $"v1/clearing/cycles/{LastMonth.Name}/statements/{retailer.Id}";
        var statement = await Partners(retailer, address);
        var line = statement["lines"]!.AsArray().Where(l => l!["kind"]!.GetValue<string>() == kind).ShouldHaveSingleItem()!;
        return (await Partners(retailer, $"{address}/lines/{line["lineId"]}/postings"))["items"]!.AsArray();
    }

    private async Task<string> Gather(Retailer retailer)
    {
        var gathered = await CommandLine.RunAs(retailer.Office, coalition, "proofs", LastMonth.Name, evidence.FullName);
        gathered.ExitCode.ShouldBe(0, gathered.ToString());
        var statement = Path.Combine(evidence.FullName, $"{retailer.Till.Partner}-{LastMonth.Name}");
        gathered.Output.ShouldContain($"Verify them: ./loyalty verify {statement}");
        return statement;
    }

    private async Task<JsonNode> Partners(Retailer retailer, string path) => (await retailer.Office.Get(new Uri(coalition.UrlOf(Coalition.Partners), path))).Accepted().Body;

    private async Task<T?> InPartnersDatabase<T>(string sql)
    {
        await using var database = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Partners));
        await using var command = database.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync();
    }
}
