using System.Text.Json;
using Loyalty.BuildingBlocks.Tests.EventStore;
using Loyalty.Checkpoints;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Loyalty.Verify;
using Microsoft.Extensions.Configuration;

namespace Loyalty.BuildingBlocks.Tests.Checkpoints;

/// <summary>A log with checkpoints, and a partner who saves them to a folder.</summary>
internal sealed class CheckpointedLog : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("loyalty-checkpoints");

    private CheckpointedLog(StoreUnderTest store) => Store = store;

    public StoreUnderTest Store { get; }

    public LogTree Tree => Store.Get<LogTree>();

    public CheckpointMaker Maker => Store.Get<CheckpointMaker>();

    public CheckpointRows Rows => Store.Get<CheckpointRows>();

    public ProofReader Proofs => Store.Get<ProofReader>();

    public static async Task<CheckpointedLog> On(PostgresServer server, TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        return new(await StoreUnderTest.On(server, null, clock, services =>
            services.AddCheckpoints(configuration, "purses", checkpoints => checkpoints.AfterEvents("points-taken"))));
    }

    /// <summary>Appends events as the service would, but thousands at once; every tenth number is left out.</summary>
    public Task Append(int events, string type = "points-put") => Store.Do(
        """
        with stream as (insert into mt_streams (id, type, version) values (gen_random_uuid(), 'purse', $1) returning id),
             numbered as materialized (
                select nextval('mt_events_sequence') as seq_id, n from generate_series(1, $1) n order by n),
             appended as (
                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
                select seq_id, gen_random_uuid(), stream.id, n, jsonb_build_object('Points', n, 'Ünicode', E'a\nb'), $2, now() from numbered, stream)
        insert into event_origins (seq_id, caused_by, traceparent) select seq_id, 'partner:GROCERY/till-1', null from numbered
        """, events, type);

    public async Task LeaveAGap() => await Store.Ask<long>("select nextval('mt_events_sequence')");

    public async Task<Checkpoint> Make() => (await Maker.Make("demand", default))!.Value.Checkpoint;

    public async Task Save(Checkpoint checkpoint)
    {
        Save("keys", await Store.Get<CheckpointKeys>().Published(default));
        Save($"checkpoint-{checkpoint.Size}", checkpoint);
    }

    public async Task<InclusionProof> SaveInclusion(Checkpoint checkpoint, long sequence)
    {
        var (text, index) = (await Tree.Find(sequence, default))!.Value;
        var path = await Proofs.Hashes(MerkleTree.InclusionPath(index, checkpoint.Size), default);
        var proof = new InclusionProof(checkpoint.Size, sequence, index, text, [.. path.Select(Convert.ToBase64String)]);
        Save($"inclusion-{checkpoint.Size}-{sequence}", proof);
        return proof;
    }

    public async Task SaveConsistency(Checkpoint from, Checkpoint to)
    {
        var path = await Proofs.Hashes(MerkleTree.ConsistencyPath(from.Size, to.Size), default);
        Save($"consistency-{from.Size}-{to.Size}", new ConsistencyProof(from.Size, to.Size, [.. path.Select(Convert.ToBase64String)]));
    }

    public void Save<T>(string name, T document) =>
        File.WriteAllBytes(Path.Combine(folder.FullName, name + ".json"), JsonSerializer.SerializeToUtf8Bytes(document, StrictJson.Options));

    /// <summary>What the verifier finds in the folder.</summary>
    public Verification Verify() => Verification.Of(Evidence.Read([folder.FullName]));

    public async ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        await Store.DisposeAsync();
    }
}
