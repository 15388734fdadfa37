using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>A partner sends a file, and whoever takes part in it is killed while it is under way.</summary>
[Collection(RunningCoalition.Name)]
public sealed class SendingFiles(Coalition coalition)
{
    private const int Members = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task answers_every_line_once_and_keeps_the_books_whoever_dies()
    {
        var till = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(till, Members);
        var opening = 0L;
        foreach (var member in members) opening += (await till.BuyWhenKnown(member, 1_000.00m)).Number("points");
        var file = new FileOfADay(members, 30_000);

        var (status, batch) = await Upload(till, file);
        status.ShouldBe(202);
        await coalition.Kill(Coalition.Partners);
        await coalition.Start(Coalition.Partners);
        await Answered(till, batch, file.Lines / 10);
        await coalition.Kill(Coalition.Ledger);
        await coalition.Start(Coalition.Ledger);
        (await Upload(till, file)).ShouldBe((200, batch));
        await Answered(till, batch, file.Lines / 2);
        await coalition.Rabbit.Kill();
        await coalition.Rabbit.Start();
        await Answered(till, batch, file.Lines);

        var shown = await Show(till, batch);
        shown["state"]!.GetValue<string>().ShouldBe("complete");
        Counts(shown).ShouldBe([file.Lines, file.Good, file.Repeated, file.Bad, file.Differing, 0]);
        (await Upload(till, file)).ShouldBe((200, batch));

        var balances = 0L;
        foreach (var member in members) balances += await till.Balance(member);
        balances.ShouldBe(opening + file.Issued - file.Redeemed);
        await Eventually.Holds(async () =>
        {
            var position = await coalition.Operator.PositionOf(till);
            (position.Issued, position.Redeemed).ShouldBe((opening + file.Issued, file.Redeemed));
        }, Patience);
        await coalition.StreamsHaveNoHoles();
        await using var ledger = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Ledger));
        await using var posted = ledger.CreateCommand($"select count(*) from transactions where transaction_id like '{file.Name}-%' and not refused");
        (await posted.ExecuteScalarAsync()).ShouldBe((long)file.Good);
    }

    private Task Answered(Till till, Guid batch, int lines) => Eventually.Holds(
        async () => ((await Show(till, batch))["received"]!.GetValue<int>() - (await Show(till, batch))["waiting"]!.GetValue<int>()).ShouldBeGreaterThanOrEqualTo(lines), Patience);

    private async Task<(int Status, Guid Batch)> Upload(Till till, FileOfADay file)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(coalition.UrlOf(Coalition.Partners), "v1/batches"))
        {
            Content = new StringContent(file.Text, Encoding.UTF8, "text/csv"),
        };
        var (status, body) = await Send(till, request);
        return (status, body["batchId"]!.GetValue<Guid>());
    }

    private async Task<JsonNode> Show(Till till, Guid batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(coalition.UrlOf(Coalition.Partners), $"v1/batches/{batch}"));
        return (await Send(till, request)).Body;
    }

    private static async Task<(int Status, JsonNode Body)> Send(Till till, HttpRequestMessage request)
    {
        using var http = new HttpClient();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await till.SignIn());
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return ((int)answer.StatusCode, JsonNode.Parse(text)!);
    }

    private static int[] Counts(JsonNode batch) =>
        [.. new[] { "received", "accepted", "replayed", "refused", "differing", "waiting" }.Select(name => batch[name]!.GetValue<int>())];

    /// <summary>Purchases, redemptions and returns, and among them lines that nobody can post, that say the same twice or contradict each other.</summary>
    private sealed class FileOfADay
    {
        private readonly StringBuilder text = new("type,transactionId,occurredAt,card,store,amount,currency,points,purchase\n");

        public FileOfADay(IReadOnlyList<Member> members, int lines)
        {
            Lines = lines;
            for (var i = 0; i < lines; i++) Add(i, members[i / 10 % members.Count].Card);
        }

        public string Name { get; } = Operator.Unique("file");

        public string Text => text.ToString();

        public int Lines { get; }

        public int Good { get; private set; }

        public int Repeated { get; private set; }

        public int Bad { get; private set; }

        public int Differing { get; private set; }

        public long Issued { get; private set; }

        public long Redeemed { get; private set; }

        // Every ten lines are of one member, and those that refer to others follow them.
        private void Add(int i, string card)
        {
            var (amount, ten) = (2 + (i / 10 % 40), i - (i % 10));
            switch (i % 10)
            {
                case < 4:
                    Write($"purchase,{Id(i)},{card},{Till.Store},{amount}.00,EUR,,");
                    (Good, Issued) = (Good + 1, Issued + amount);
                    break;
                case 4:
                    Write($"redemption,{Id(i)},{card},{Till.Store},,,{amount},");
                    (Good, Redeemed) = (Good + 1, Redeemed + amount);
                    break;
                case 5:
                    Write($"return,{Id(i)},,,1.00,EUR,,{Id(ten)}");
                    (Good, Issued) = (Good + 1, Issued - 1);
                    break;
                case 6:
                    Write($"purchase,{Id(ten + 1)},{card},{Till.Store},{amount}.00,EUR,,");
                    Repeated++;
                    break;
                case 7:
                    Write($"purchase,{Id(i)},{card},{Till.Store},abc,EUR,,");
                    Bad++;
                    break;
                default:
                    Write($"purchase,{Id(ten + 8)},{card},{Till.Store},{i}.00,EUR,,");
                    Differing++;
                    break;
            }
        }

        private string Id(int i) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{i:D6}");

        private void Write(string line)
        {
            var cells = line.Split(',', 3);
            text.Append(CultureInfo.InvariantCulture, $"{cells[0]},{cells[1]},{Till.Noon:O},{cells[2]}\n");
        }
    }
}
