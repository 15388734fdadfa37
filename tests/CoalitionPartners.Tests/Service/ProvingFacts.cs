using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>What a partner saves from the service, and the verifier, as a program of its own, makes of it.</summary>
[Collection(nameof(TheService))]
public sealed class ProvingFacts(TheService service) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("loyalty-evidence");

    [Fact]
    public async Task convinces_a_partner_who_trusts_nobody()
    {
        var (partner, _) = await service.Admit(issuePrice: 0.0125m);
        var token = await service.PartnerToken(partner, "settlement.read");
        var fact = await Settled(partner, 1234);
        var first = await Checkpoint();
        var later = await Settled(partner, 100);
        var second = await Checkpoint();
        await Save(token, "keys", "/.well-known/checkpoint-keys.json");
        await Save(token, "first", $"/v1/checkpoints/{first}");
        await Save(token, "second", $"/v1/checkpoints/{second}");
        await Save(token, "consistency", $"/v1/checkpoints/{second}/consistency?from={first}");
        await Save(token, "fact", $"/v1/checkpoints/{first}/inclusion?sequence={fact.Sequence}");
        await Save(token, "later", $"/v1/checkpoints/{second}/inclusion?sequence={later.Sequence}");
        await Statement(1334, -16.68m, fact, later);

        var (exit, said) = await Verify();
        exit.ShouldBe(0, said);
        said.ShouldContain("verify: 6 checks, 0 failed");
        said.ShouldContain("1334 points and -16.68 EUR are what its 2 proven postings come to");

        await Statement(1334, -16.67m, fact, later);
        (exit, said) = await Verify();
        exit.ShouldBe(1);
        said.ShouldContain("says -16.67; its proven postings, 1334 points at 0.0125, come to -16.68");

        await Statement(1234, -15.42m, fact, fact);
        (exit, said) = await Verify();
        exit.ShouldBe(1);
        said.ShouldContain("or it is counted twice");
    }

    [Fact]
    public async Task shows_the_verifier_that_a_fact_was_changed_in_the_database()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, "settlement.read");
        var fact = await Settled(partner, 500);
        var size = await Checkpoint();
        await Save(token, "keys", "/.well-known/checkpoint-keys.json");
        await Save(token, "checkpoint", $"/v1/checkpoints/{size}");
        var honest = (await Do<string>("select data::text from mt_events where seq_id = $1", fact.Sequence))!;

        await Do<object>("update mt_events set data = jsonb_set(data, '{Prices,0,Postings,0,Points}', '499') where seq_id = $1", fact.Sequence);
        await Save(token, "fact", $"/v1/checkpoints/{size}/inclusion?sequence={fact.Sequence}");
        var (exit, said) = await Verify();
        await Do<object>("update mt_events set data = $2::jsonb where seq_id = $1", fact.Sequence, honest);

        exit.ShouldBe(1);
        said.ShouldContain($"event {fact.Sequence}, as it reads here, is not at place");
    }

    [Fact]
    public async Task shows_a_partner_its_own_facts_only()
    {
        var (mine, _) = await service.Admit();
        var (theirs, _) = await service.Admit();
        var fact = await Settled(theirs, 10);
        var admission = await Do<long>("select min(seq_id) from mt_events where type = 'partner-admitted'");
        var size = await Checkpoint();
        var token = await service.PartnerToken(mine, "settlement.read");

        foreach (var sequence in new[] { fact.Sequence, admission, 0, -1, long.MaxValue })
            (await service.Get($"/v1/checkpoints/{size}/inclusion?sequence={sequence}", token)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await service.Get($"/v1/checkpoints/{size}/inclusion?sequence={fact.Sequence}")).Status.ShouldBe(HttpStatusCode.OK);
        (await service.Get($"/v1/checkpoints/{size}/inclusion?sequence={admission}")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task makes_a_checkpoint_when_asked_and_the_same_one_when_asked_again()
    {
        await service.Admit();
        var made = await service.Post("/v1/checkpoints", new { });
        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Headers.Location!.ToString().ShouldBe($"/v1/checkpoints/{made.Body.GetProperty("size").GetInt64()}");

        var again = await service.Post("/v1/checkpoints", new { });
        (again.Status, again.Text).ShouldBe((HttpStatusCode.OK, made.Text));
        var listed = (await service.Get("/v1/checkpoints?limit=1")).Body;
        listed.GetProperty("items")[0].GetRawText().ShouldBe(made.Text);
    }

    [Theory]
    [InlineData("/v1/checkpoints/0", 404, "not-found")]
    [InlineData("/v1/checkpoints/99999999999999999999", 404, "not-found")]
    [InlineData("/v1/checkpoints/1e3", 404, "not-found")]
    [InlineData("/v1/checkpoints?limit=0", 400, "malformed-request")]
    [InlineData("/v1/checkpoints?cursor=bm9wZQ", 400, "malformed-request")]
    [InlineData("/v1/checkpoints/{size}/inclusion", 400, "malformed-request")]
    [InlineData("/v1/checkpoints/{size}/inclusion?sequence=x", 400, "malformed-request")]
    [InlineData("/v1/checkpoints/{size}/inclusion?sequence=99999999999999999999", 400, "malformed-request")]
    [InlineData("/v1/checkpoints/{size}/consistency", 422, "from-not-allowed")]
    [InlineData("/v1/checkpoints/{size}/consistency?from=0", 422, "from-not-allowed")]
    [InlineData("/v1/checkpoints/{size}/consistency?from=9223372036854775807", 422, "from-not-allowed")]
    public async Task refuses_what_there_is_not(string path, int status, string code)
    {
        var refused = await service.Get(path.Replace("{size}", (await Checkpoint()).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        ((int)refused.Status, refused.Problem).ShouldBe((status, code));
    }

    [Fact]
    public async Task is_for_those_who_may_read_settlements_and_the_demand_for_operators()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, "settlement.read");

        (await service.Get("/v1/checkpoints", "")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.Get("/v1/checkpoints", await service.PartnerToken(partner, "ledger.post"))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Post("/v1/checkpoints", new { }, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await service.Get("/v1/checkpoints", token)).Status.ShouldBe(HttpStatusCode.OK);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private async Task<long> Checkpoint() => (await service.Post("/v1/checkpoints", new { })).Body.GetProperty("size").GetInt64();

    private async Task<(long Sequence, Guid Stream, long Version)> Settled(Guid partner, long points)
    {
        await using (var ledger = await Messages.Connect(service.Broker.Uri))
            await ledger.Publish(Guid.CreateVersion7(), new PurchaseAccrued(
                Guid.NewGuid(), partner, "S1", Guid.NewGuid().ToString("N"), points * 100, "EUR", points, 1, new(2016, 5, 5, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.UtcNow));
        const string Mine = "from mt_events where type = 'postings-settled' and data ->> 'Partner' = $1 and data #>> '{Prices,0,Postings,0,Points}' = $2";
        object[] which = [partner.ToString(), points.ToString(CultureInfo.InvariantCulture)];
        await Eventually.Holds(async () => (await Do<long>("select count(*) " + Mine, which)).ShouldBe(1));
        return (await Do<long>("select seq_id " + Mine, which), await Do<Guid>("select stream_id " + Mine, which), await Do<long>("select version " + Mine, which));
    }

    private async Task Save(string token, string name, string path)
    {
        var answer = await service.Get(path, token);
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, name + ".json"), answer.Text);
    }

    // As the addresses of the statement and of the postings behind its line answer.
    private async Task Statement(long points, decimal amount, params (long Sequence, Guid Stream, long Version)[] facts)
    {
        const string LineId = "2016-05.issue.v1.0.0125";
        var line = new { lineId = LineId, kind = "issue", agreementVersion = 1, price = 0.0125m, points, transactions = facts.Length, reversals = 0, amount = new { amount, currency = "EUR" } };
        await Write("statement", new { currency = "EUR", lines = new[] { line } });
        var postings = new List<object>();
        foreach (var (sequence, stream, version) in facts)
        {
            var posting = JsonElement.Parse((await Do<string>("select data #>> '{Prices,0,Postings,0}' from mt_events where seq_id = $1", sequence))!);
            postings.Add(new
            {
                lineId = LineId, eventId = posting.GetProperty("LedgerEventId").GetString(), transactionId = posting.GetProperty("TransactionId").GetString(), kind = "issue",
                points = posting.GetProperty("Points").GetInt64(), sequence, streamId = stream, version,
            });
        }

        await Write("postings", new { items = postings });
    }

    private Task Write<T>(string name, T document) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name + ".json"), JsonSerializer.Serialize(document));

    private async Task<(int Exit, string Said)> Verify()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Repository.Verifier, folder.FullName])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        })!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private async Task<T?> Do<T>(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(service.Database.Administrator);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return (T?)await command.ExecuteScalarAsync();
    }
}
