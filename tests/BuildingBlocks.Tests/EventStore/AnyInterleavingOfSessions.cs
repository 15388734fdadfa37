using FsCheck;
using FsCheck.Fluent;
using Loyalty.EventStore;
using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

/// <summary>
/// What must hold whatever a few sessions with versions of any age, and a foreign writer, do to a few streams. A run is a list of
/// numbers, each of which spells one step.
/// </summary>
public sealed class AnyInterleavingOfSessions(PostgresServer server)
{
    private static readonly Arbitrary<int[]> Runs = Arb.From(Gen.Choose(0, 999_999).ArrayOf(50));

    [Fact]
    public async Task leaves_streams_without_a_hole_and_snapshots_equal_to_their_events()
    {
        await using var store = await StoreUnderTest.On(server);
        var (saved, refused) = (0, 0);

        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(15), Prop.ForAll(Runs, steps =>
        {
            var run = new Run(store);
            run.Take(steps).GetAwaiter().GetResult();
            run.Verify().GetAwaiter().GetResult();
            (saved, refused) = (saved + run.Saved, refused + run.Refused);
        }));

        saved.ShouldBeGreaterThan(15);
        refused.ShouldBeGreaterThan(15);
        (await store.SequenceStandsAt()).ShouldBe(await store.Ask<long>("select count(*) from mt_events"), "no refusal burns a number");
    }

    private sealed class Run(StoreUnderTest store)
    {
        private readonly Guid[] streams = [.. Enumerable.Range(0, 3).Select(_ => Guid.NewGuid())];
        private readonly Dictionary<Guid, (long Version, long Balance)> expected = [];
        private readonly Client[] clients = [.. Enumerable.Range(0, 3).Select(_ => new Client(store.Open()))];

        public int Saved { get; private set; }

        public int Refused { get; private set; }

        public async Task Take(int[] steps)
        {
            Array.ForEach(streams, stream => expected[stream] = (0, 0));
            foreach (var step in steps)
            {
                var (kind, client, stream, points) = (step % 8, clients[step / 8 % 3], streams[step / 24 % 3], (step / 72 % 9) + 1);
                switch (kind)
                {
                    case 0 or 1 when !client.Pending.ContainsKey(stream):
                        client.Fetched[stream] = await client.Session.FetchForWriting<Purse>(stream, default);
                        break;
                    case 2 or 3 or 4 when client.Fetched.TryGetValue(stream, out var fetched):
                        client.Append(fetched, new PointsPut(points));
                        break;
                    case 5 or 6:
                        await Save(client);
                        break;
                    case 7:
                        await ForeignWriter.Write(store.Database, stream);
                        expected[stream] = (expected[stream].Version + 1, expected[stream].Balance + 1);
                        break;
                }
            }
        }

        public async Task Verify()
        {
            foreach (var stream in streams)
            {
                var (version, balance) = expected[stream];
                (await store.Documents.FetchStream(stream)).Select(e => e.Version).ShouldBe(Enumerable.Range(1, (int)version).Select(v => (long)v));
                (await store.Documents.AggregateStream<Purse>(stream))?.Balance.ShouldBe(balance);
                (await store.Documents.Load<Purse>(stream))?.State.Balance.ShouldBe(balance);
                var snapshot = await store.Ask<string>(
                    "select coalesce((select mt_version || ' ' || (data->>'Balance') from mt_doc_purse where id = $1), '')", stream);
                if (snapshot.Split(' ') is [var at, var kept])
                    (await store.Documents.AggregateStream<Purse>(stream, upToVersion: long.Parse(at)))!.Balance.ShouldBe(long.Parse(kept));
            }
        }

        private async Task Save(Client client)
        {
            var current = client.Pending.All(p => p.Value.Base == expected[p.Key].Version);
            try
            {
                await client.Session.SaveChanges(default);
                current.ShouldBeTrue("a session with an old version must be refused");
                foreach (var (stream, (_, count, points)) in client.Pending)
                    expected[stream] = (expected[stream].Version + count, expected[stream].Balance + points);
                Saved++;
            }
            catch (ConcurrencyException)
            {
                current.ShouldBeFalse("a session with current versions must be saved");
                client.Session.Discard();
                client.Fetched.Clear();
                Refused++;
            }

            client.Pending.Clear();
        }
    }

    private sealed record Client(Session Session)
    {
        public Dictionary<Guid, EventStream<Purse>> Fetched { get; } = [];

        public Dictionary<Guid, (long Base, int Count, long Points)> Pending { get; } = [];

        public void Append(EventStream<Purse> stream, PointsPut put)
        {
            var (from, count, points) = Pending.GetValueOrDefault(stream.Id, (stream.Version, 0, 0));
            Fetched[stream.Id] = Session.Append(stream, [put]);
            Pending[stream.Id] = (from, count + 1, points + put.Points);
        }
    }
}
