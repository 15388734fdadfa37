namespace Loyalty.Journeys.Tests;

/// <summary>
/// Tills that post purchases side by side and, like real ones, send a request again under the same id until it is answered:
/// whatever breaks meanwhile, every purchase must count exactly once in the end.
/// </summary>
internal sealed class Load(Till till, IReadOnlyList<Member> members, int purchases)
{
    private const int SideBySide = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string name = Operator.Unique("load");
    private int answered;

    private long PointsInAll => Enumerable.Range(0, purchases).Sum(Amount);

    public Task Run() => Parallel.ForAsync(0, purchases, new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (i, _) =>
    {
        await Eventually.Holds(async () =>
        {
            var answer = (await till.Buy(members[i % members.Count], Amount(i), $"{name}-{i}")).Accepted();
            answer.Number("points").ShouldBe(Amount(i));
        }, Patience);
        Interlocked.Increment(ref answered);
    });

    /// <summary>Returns when a part of the purchases has been answered, to break something in the middle.</summary>
    public Task Reaches(double part) => Eventually.Holds(() => Volatile.Read(ref answered) >= part * purchases, Patience);

    /// <summary>Nothing is lost and nothing doubled: not in the members' balances, and not in the partner's settlement.</summary>
    public async Task CountsOnce(Operator @operator, long besides)
    {
        for (var m = 0; m < members.Count; m++)
            (await till.Balance(members[m])).ShouldBe(Enumerable.Range(0, purchases).Where(i => i % members.Count == m).Sum(Amount));
        await Eventually.Holds(async () => (await @operator.PositionOf(till)).Issued.ShouldBe(PointsInAll + besides), Patience);
    }

    // One point per 1.00, so the amount is the points.
    private static long Amount(int i) => 1 + (i % 50);
}
