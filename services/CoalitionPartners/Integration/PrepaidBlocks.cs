using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Draws points out of the blocks of the partners that pay beforehand, and settles what is bought.</summary>
internal static class PrepaidBlocks
{
    /// <summary>Counts what was issued out of blocks; answers what was bought by itself then. Asks nothing where no points were prepaid.</summary>
    public static async Task<IEnumerable<RatedPosting>> Draw(Session session, IReadOnlyList<RatedPosting> rated, DateTimeOffset at, CancellationToken ct)
    {
        var drawn = rated.Where(r => r.Kind.Plain() == PostingKind.PrepaidIssue).GroupBy(r => r.Posting.Partner).ToDictionary(r => PrepaidAccount.IdOf(r.Key));
        if (drawn.Count == 0)
            return [];
        var bought = new List<RatedPosting>();
        var accounts = await session.FetchForWriting<PrepaidAccount>(drawn.Keys, ct);
        foreach (var (id, postings) in drawn)
        {
            var agreement = postings.MaxBy(p => p.Agreement.Version)!.Agreement;
            var points = new Points(postings.Sum(p => p.Kind.Sign() * p.Posting.Points.Value));
            if (accounts[id].State.Issue(postings.Key, points, agreement, at) is not Decision<PrepaidFact>.Accepted { Events: var facts })
                throw new InvalidOperationException("What has been issued is never refused.");
            session.Append(accounts[id], facts);
            bought.AddRange(facts.OfType<BlockBought>().Select(block => Settled(block, agreement)));
        }

        return bought;
    }

    /// <summary>A block as a posting of the month in which it was bought.</summary>
    public static RatedPosting Settled(BlockBought block, Agreement agreement) => new(
        PostingKind.Block, block.Price,
        new(block.Block, block.Partner, TransactionId.From($"block:{block.Block}"), block.Points, block.AgreementVersion, block.BoughtAt), agreement);
}
