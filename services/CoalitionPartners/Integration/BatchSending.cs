using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.Contracts;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>
/// Moves batches on, each a little at a time: compares its lines, sends the good ones in the order of the file, and sends again what was
/// not answered. A batch stands where its rows say; whatever dies, the next run goes on from there, and what is sent twice takes effect once.
/// </summary>
internal sealed class BatchSending(DocumentStore store, BatchRows batches, BatchLineRows lines, PageSender sender, SendingPolicy policy, ILogger<BatchSending> logger)
    : BackgroundService
{
    // An upload that stores no line for so long is nobody's any more.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        LeasedWork.Run(store.DataSource, "batches", MoveAll, e => logger.LogWarning(e, "Batches have to wait"), stoppingToken);

    // Whether anything moved. All batches in turn, so that a large one does not keep a small one waiting.
    private async Task<bool> MoveAll(CancellationToken ct)
    {
        var moved = false;
        foreach (var batch in await batches.Open(ct)) moved |= await Move(batch, ct);
        return moved;
    }

    private async Task<bool> Move(OpenBatch batch, CancellationToken ct)
    {
        switch (batch.State)
        {
            case BatchState.Receiving when batch.Still > Abandoned:
                await batches.Discard(batch.Id, ct);
                return false;
            case BatchState.Checking:
                await lines.Check(batch.Id, ct);
                return true;
            case BatchState.Sending when batch.Cancelled:
                await lines.Withdraw(batch.Id, ct);
                return true;
            case BatchState.Sending when policy.MaySend(batch.SentInRound, batch.AnsweredInRound):
                return await Send(batch, ct);
            case BatchState.Sending or BatchState.Awaiting when policy.IsStuck(batch.Round, batch.Still):
                logger.LogWarning("Batch {Batch} has waited {Still} for answers; what was not answered is sent again", batch.Id, batch.Still);
                await batches.BeginRound(batch.Id, ct);
                return true;
            default:
                return false;
        }
    }

    private async Task<bool> Send(OpenBatch batch, CancellationToken ct)
    {
        var next = await lines.Unanswered(batch.Id, batch.SentUpTo, policy.Chunk, ct);
        if (next.Count == 0)
        {
            await batches.Await(batch.Id, ct);
            return false;
        }

        var upTo = next[^1].Number;
        await batches.Sending(batch.Id, upTo, ct);
        await sender.Send(
            [.. next.Select(line => new Told<TransactionSubmitted>(EventId(batch, line.Number), SubmittedLines.Read(line.Content, batch.Id, line.Number)))], ct);
        await batches.Sent(batch.Id, upTo, next.Count, ct);
        return true;
    }

    // The ledger's inbox lets an event take effect once; in another round the line is another event, so that it is answered again.
    private static Guid EventId(OpenBatch batch, int line) => NamedGuid.From(batch.Id, FormattableString.Invariant($"{line}/{batch.Round}"));
}
