using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;

namespace Loyalty.Journeys.Tests;

/// <summary>
/// kill -9 in the middle of the load. Whoever posts believes nothing but its own record on disk, and repeats what is not in it:
/// afterwards that record and the ledger must say the same.
/// </summary>
[Collection(RunningCoalition.Name)]
public sealed class PullingThePlug(Coalition coalition)
{
    private const int Members = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task of_the_database_leaves_every_acknowledged_request_there_once() => await InTheMiddleOf(Requests, 3_000, KillDatabase);

    [Fact]
    public async Task of_the_ledger_leaves_every_acknowledged_request_there_once() => await InTheMiddleOf(Requests, 3_000, KillLedger);

    [Fact]
    public async Task of_the_database_leaves_every_acknowledged_line_there_once() => await InTheMiddleOf(Lines, 30_000, KillDatabase);

    [Fact]
    public async Task of_the_ledger_leaves_every_acknowledged_line_there_once() => await InTheMiddleOf(Lines, 30_000, KillLedger);

    private async Task KillDatabase()
    {
        await coalition.Postgres.Kill();
        await coalition.Postgres.Start();
    }

    private async Task KillLedger()
    {
        await coalition.Kill(Coalition.Ledger);
        await coalition.Start(Coalition.Ledger);
    }

    private async Task InTheMiddleOf(Func<Load, Task> post, int count, Func<Task> pull)
    {
        var till = await coalition.Operator.Admit();
        var members = await coalition.Operator.Enrol(till, Members);
        foreach (var member in members) await till.BuyWhenKnown(member, 10_000.00m);
        await using var journal = new Journal();
        var load = new Load(till, members, count, journal);

        var posting = post(load);
        foreach (var part in new[] { 0.3, 0.6 })
        {
            await Eventually.Holds(() => posting.IsCompleted || journal.Count > part * count, Patience);
            await pull();
            journal.Count.ShouldBeLessThan(count);
        }

        load.Plugged.SetResult();
        await posting;

        await IsThereOnce(Journal.Read(journal.Path), load);
        await coalition.StreamsHaveNoHoles();
    }

    /// <summary>Posts each by itself and repeats it until it is answered.</summary>
    private static Task Requests(Load load) => Parallel.ForAsync(0, load.Count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
    {
        if (load.IsLast(i)) await load.Plugged.Task;
        var points = 0L;
        await Eventually.Holds(async () => points = (await load.Post(i)).Accepted().Number("points"), Patience);
        await load.Journal.Record(load.IdOf(i), points);
    });

    /// <summary>Sends what is not yet in the record as lines, again and again, until everything is.</summary>
    private async Task Lines(Load load)
    {
        var open = Enumerable.Range(0, load.Count).ToList();
        await Eventually.Holds(async () =>
        {
            var acknowledged = new List<(int I, Task Recorded)>();
            try
            {
                await Exchange(load, open, acknowledged);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The plug was pulled. What was not answered is sent again.
            }
            finally
            {
                await Task.WhenAll(acknowledged.Select(a => a.Recorded));
                open = [.. open.Except(acknowledged.Select(a => a.I))];
            }

            open.ShouldBeEmpty();
        }, Patience);
    }

    private async Task Exchange(Load load, IReadOnlyList<int> open, List<(int I, Task Recorded)> acknowledged)
    {
        using var lines = await LineStream.Open(coalition.UrlOf(Coalition.Ledger), "/v1/transactions", await load.Till.SignIn());
        using var broken = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            foreach (var part in open.Chunk(100))
            {
                if (load.IsLast(part[^1])) await load.Plugged.Task.WaitAsync(broken.Token);
                await lines.Send(string.Concat(part.Select(i => load.LineOf(i) + "\n")));
            }

            await lines.End();
        });
        var line = 0;
        try
        {
            await foreach (var text in lines.Answers())
            {
                var answer = JsonDocument.Parse(text).RootElement;
                var i = open[line++];
                answer.GetProperty("transactionId").GetString().ShouldBe(load.IdOf(i));
                if (answer.GetProperty("status").GetInt32() is var status && status != 201)
                {
                    // From here on nothing of this request is posted, so there is no use in going on with it.
                    status.ShouldBe(503, text);
                    throw new IOException("The plug was pulled.");
                }

                acknowledged.Add((i, load.Journal.Record(load.IdOf(i), answer.GetProperty("answer").GetProperty("points").GetInt64())));
            }
        }
        catch (IOException)
        {
            lines.Dispose();
            await broken.CancelAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        await sending;
    }

    private async Task IsThereOnce(IReadOnlyList<(string Id, long Points)> acknowledged, Load load)
    {
        acknowledged.Select(a => a.Id).ShouldBeUnique();
        acknowledged.Count.ShouldBe(load.Count);
        await using var database = NpgsqlDataSource.Create(coalition.DatabaseOf(Coalition.Ledger));
        var facts = await Read(database, $"select data -> 'Transaction' ->> 'Id', (data ->> 'Points')::bigint from mt_events where data -> 'Transaction' ->> 'Id' like '{load.Name}-%'");
        var rows = await Read(database, $"select transaction_id, (answer::jsonb ->> 'Points')::bigint from transactions where transaction_id like '{load.Name}-%' and not refused");
        foreach (var stored in new[] { facts, rows })
        {
            acknowledged.Except(stored).Take(10).ShouldBeEmpty("acknowledged and lost");
            stored.Except(acknowledged).Take(10).ShouldBeEmpty("stored otherwise than acknowledged");
            stored.CountBy(s => s.Id).Where(s => s.Value > 1).Take(10).ShouldBeEmpty("doubled");
        }
    }

    private static async Task<List<(string Id, long Points)>> Read(NpgsqlDataSource database, string sql)
    {
        var found = new List<(string, long)>();
        await using var query = database.CreateCommand(sql);
        await using var row = await query.ExecuteReaderAsync();
        while (await row.ReadAsync()) found.Add((row.GetString(0), row.GetInt64(1)));
        return found;
    }

    /// <summary>Purchases, and a redemption after every few, of which the last are only sent when everything that breaks has been broken.</summary>
    private sealed record Load(Till Till, IReadOnlyList<Member> Members, int Count, Journal Journal)
    {
        public string Name { get; } = Operator.Unique("plug");

        public TaskCompletionSource Plugged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsLast(int i) => i >= Count * 0.9;

        public string IdOf(int i) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{i:D6}");

        public Task<Answer> Post(int i) => IsRedemption(i)
            ? Till.Redeem(MemberOf(i), PointsOf(i), IdOf(i))
            : Till.Buy(MemberOf(i), PointsOf(i), IdOf(i));

        public string LineOf(int i) => IsRedemption(i)
            ? JsonSerializer.Serialize(new { type = "redemption", transactionId = IdOf(i), card = MemberOf(i).Card, store = Till.Store, points = PointsOf(i), occurredAt = Till.Noon })
            : JsonSerializer.Serialize(new { type = "purchase", transactionId = IdOf(i), card = MemberOf(i).Card, store = Till.Store, amount = PointsOf(i), currency = Operator.Currency, occurredAt = Till.Noon });

        private Member MemberOf(int i) => Members[i % Members.Count];

        private static bool IsRedemption(int i) => i % 4 == 3;

        private static long PointsOf(int i) => 1 + (i % 50);
    }
}
