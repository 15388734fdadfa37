using Loyalty.EventStore;
using Loyalty.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Loyalty.Checkpoints;

/// <summary>How checkpoints and proofs are asked for.</summary>
public static class CheckpointEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Maps the list, a checkpoint, its two kinds of proofs, its keys, and the demand for one.</summary>
    public static void MapCheckpoints(this IEndpointRouteBuilder app)
    {
        MapKeys(app);
        MapList(app);
        MapProofs(app);
        app.MapPost("/v1/checkpoints", async Task<IResult> (CheckpointMaker maker, CancellationToken ct) => await Make(maker, ct) switch
            {
                ({ } made, true) => Results.Created($"/v1/checkpoints/{made.Size}", made),
                ({ } made, false) => Results.Ok(made),
                null => Problem.Of(409, "log-empty", "Nothing has been recorded yet, so there is nothing to sign. Ask again once there is."),
            })
            .RequireScope("checkpoints.make")
            .WithSummary("Make a checkpoint now")
            .WithDescription("Covers all that has been recorded; 200 with the last one where nothing has come since. Checkpoints are made by themselves at the end "
                + "of each day and at the closing of a clearing cycle. 503 where another process is making one, or a long log is being hashed for the first time.")
            .Produces<Checkpoint>(201).Produces<Checkpoint>();
    }

    private static void MapKeys(IEndpointRouteBuilder app) => app
        .MapGet("/.well-known/checkpoint-keys.json", (CheckpointKeys keys, CancellationToken ct) => keys.Published(ct))
        .AllowAnonymous()
        .WithSummary("Public keys of checkpoints")
        .WithDescription("Every key that has ever signed a checkpoint of this log, newest first, as a JWK set (RFC 7517). Keep a copy: it is what makes a later exchange show.")
        .Produces<CheckpointKeySet>();

    private static void MapList(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/checkpoints", async ([AsParameters] PageRequest page, CheckpointRows rows, CancellationToken ct) =>
                Page.Of(await rows.Before(page.After(start: long.MaxValue), page.Size + 1, ct), page, checkpoint => checkpoint.Size))
            .RequireScope("settlement.read", "ledger.read")
            .WithSummary("Checkpoints")
            .WithDescription("Signed roots of the log of this service, newest first. Everybody sees the same ones: compare them with other partners, for "
                + "only that shows whether you are all shown the same log.");

        app.MapGet("/v1/checkpoints/{size:long}", async (long size, CheckpointRows rows, CancellationToken ct) =>
                await Found(rows, size, ct))
            .RequireScope("settlement.read", "ledger.read")
            .WithSummary("A checkpoint")
            .WithDescription("What is signed is the note, as UTF-8, by ES256 with the key keyId of /.well-known/checkpoint-keys.json.");
    }

    private static void MapProofs(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/checkpoints/{size:long}/consistency", async (long size, long? from, CheckpointRows rows, ProofReader proofs, CancellationToken ct) =>
            {
                var checkpoint = await Found(rows, size, ct);
                if (from is not { } smaller || smaller < 1 || smaller > size)
                    throw new ProblemException(Problem.Of(422, "from-not-allowed", $"'from' is the size of an earlier checkpoint: 1 to {size}."));
                return new ConsistencyProof(smaller, checkpoint.Size, Text(await proofs.Hashes(MerkleTree.ConsistencyPath(smaller, size), ct)));
            })
            .RequireScope("settlement.read", "ledger.read")
            .WithSummary("Prove that a checkpoint continues an earlier one")
            .WithDescription("The consistency proof of RFC 6962 from a smaller size: nothing that was in the log then has been changed, taken out or moved.");

        app.MapGet("/v1/checkpoints/{size:long}/inclusion", Inclusion)
            .RequireScope("settlement.read", "ledger.read")
            .WithSummary("Prove that an event is in the log")
            .WithDescription("The event as it is hashed, its place, and the audit path of RFC 6962 to the checkpoint's root. A partner's client gets facts that are about "
                + "this partner alone; all else looks as if it did not exist. Operators get every event.");
    }

    private static async Task<InclusionProof> Inclusion(
        long size, long? sequence, HttpContext http, CheckpointRows rows, EventLog log, LogTree tree, CheckpointOptions options, ProofReader proofs, CancellationToken ct)
    {
        var checkpoint = await Found(rows, size, ct);
        if (sequence is not { } number)
            throw new ProblemException("'sequence' is the number of an event in the log: ?sequence=17.");
        if (number > checkpoint.LastSequence || !await MaySee(http.Caller(), number, log, options, ct) || await tree.Find(number, ct) is not var (text, index))
            throw new ProblemException(Problem.NotFound("This checkpoint covers no such event. Check the sequence number, or ask for a later checkpoint."));
        // Where events were put in, places lie beyond what was hashed.
        if (index >= size) throw LogDiffers.Problem();
        return new(size, number, index, text, Text(await proofs.Hashes(MerkleTree.InclusionPath(index, size), ct)));
    }

    private static async Task<bool> MaySee(Caller caller, long sequence, EventLog log, CheckpointOptions options, CancellationToken ct) =>
        caller.Partner is not { } partner || (await log.Find(sequence, ct) is { } fact && options.OwnerOf(fact.Data) == partner);

    private static async Task<Checkpoint> Found(CheckpointRows rows, long size, CancellationToken ct) =>
        await rows.Find(size, ct) ?? throw new ProblemException(Problem.NotFound("There is no checkpoint of this size. GET /v1/checkpoints lists those there are."));

    private static async Task<(Checkpoint Checkpoint, bool IsNew)?> Make(CheckpointMaker maker, CancellationToken ct)
    {
        var until = DateTimeOffset.UtcNow + Patience;
        while (true)
        {
            try
            {
                return await maker.Make("demand", ct);
            }
            catch (TimeoutException) when (DateTimeOffset.UtcNow < until)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
            }
            catch (TimeoutException e)
            {
                throw new ProblemException(Problem.Unavailable(e.Message + " Try again shortly."));
            }
        }
    }

    private static IReadOnlyList<string> Text(IReadOnlyList<byte[]> hashes) => [.. hashes.Select(Convert.ToBase64String)];

}
