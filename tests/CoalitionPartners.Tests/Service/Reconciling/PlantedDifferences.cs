using Loyalty.CoalitionPartners.Domain.Reconciling;

namespace Loyalty.CoalitionPartners.Tests.Service.Reconciling;

/// <summary>A difference that was planted, as an item must tell it.</summary>
/// <param name="Amount">Theirs less ours, in minor units.</param>
internal sealed record Planted(string Kind, string Of, string? There, string? Here, long Amount, long Points, bool Ambiguous = false);

/// <summary>Two books of some 2,000 transactions that differ in exactly the fifty that are listed. The same seed makes the same books.</summary>
internal sealed class PlantedDifferences
{
    private const int Transactions = 2_000;
    private static readonly DateTimeOffset First = new(2017, 3, 1, 0, 30, 0, TimeSpan.Zero);

    private readonly Random random;

    public PlantedDifferences(int seed)
    {
        random = new Random(seed);
        for (var i = 0; i < Transactions; i++) Agree(i);
        Lack();
        Differ();
        Repeat();
        LeaveOpen();
        MatchByCard();
        Theirs = [.. Theirs.OrderBy(t => t.At).ThenBy(t => t.Id, StringComparer.Ordinal)];
    }

    public List<Posted> Ours { get; } = [];

    public List<Posted> Theirs { get; } = [];

    public List<Planted> All { get; } = [];

    // Cards come again, but never twice within the tolerance in time.
    private void Agree(int i)
    {
        var kind = (i % 20) switch { < 13 => TransactionKind.Purchase, < 15 => TransactionKind.Return, < 19 => TransactionKind.Redemption, _ => TransactionKind.RedemptionReversal };
        var both = Any(kind, $"T-{i:0000}", i);
        Ours.Add(both);
        Theirs.Add(kind != TransactionKind.Redemption && kind != TransactionKind.RedemptionReversal && i % 2 == 0 ? both with { Points = null } : both);
    }

    private Posted Any(string kind, string id, int i) => new(
        kind, id, First.AddMinutes(i * 20).AddSeconds(random.Next(60)), $"92760000{i % 700:00000000}", random.Next(1, 50_000), random.Next(1, 500),
        kind is TransactionKind.Return or TransactionKind.RedemptionReversal ? $"before-{i}" : null);

    private void Lack()
    {
        foreach (var (kind, count) in new[] { (TransactionKind.Purchase, 9), (TransactionKind.Redemption, 2), (TransactionKind.Return, 1) })
        {
            foreach (var lost in Pick(kind, count))
            {
                Ours.Remove(lost);
                var line = Line(lost);
                All.Add(new("missing-here", kind, lost.Id, null, line.HasAmount ? line.Amount : 0, line.Points ?? 0));
            }
        }

        foreach (var (kind, count) in new[] { (TransactionKind.Purchase, 7), (TransactionKind.Redemption, 2), (TransactionKind.Return, 1), (TransactionKind.RedemptionReversal, 1) })
        {
            foreach (var lost in Pick(kind, count))
            {
                Theirs.Remove(Line(lost));
                All.Add(new("missing-there", kind, null, lost.Id, lost.HasAmount ? -lost.Amount : 0, -lost.Points!.Value));
            }
        }
    }

    private void Differ()
    {
        var sign = 1;
        foreach (var (kind, count) in new[] { (TransactionKind.Purchase, 9), (TransactionKind.Return, 2) })
        {
            foreach (var ours in Pick(kind, count))
            {
                var by = (sign = -sign) * random.Next(1, 100_000);
                if (ours.Amount + by <= 0) by = -by;
                var theirs = Line(ours);
                Replace(theirs, theirs with { Amount = ours.Amount + by });
                All.Add(new("amount-differs", kind, ours.Id, ours.Id, by, 0));
            }
        }

        foreach (var (kind, count) in new[] { (TransactionKind.Purchase, 5), (TransactionKind.Redemption, 2) })
        {
            foreach (var ours in Pick(kind, count))
            {
                var by = random.Next(1, 30);
                Replace(Line(ours), Line(ours) with { Points = ours.Points + by });
                All.Add(new("points-differ", kind, ours.Id, ours.Id, 0, by));
            }
        }
    }

    private void Repeat()
    {
        foreach (var ours in Pick(TransactionKind.Purchase, 4))
        {
            var again = Line(ours) with { At = ours.At.AddSeconds(5) };
            Theirs.Add(again);
            All.Add(new("duplicate", TransactionKind.Purchase, ours.Id, null, again.Amount, again.Points ?? 0));
        }

        // The till sent it twice under ids of its own: the one nearer in time is it.
        foreach (var ours in Pick(TransactionKind.Purchase, 2))
        {
            var line = Line(ours);
            Replace(line, line with { Id = ours.Id + "-a" });
            Theirs.Add(line with { Id = ours.Id + "-b", At = ours.At.AddSeconds(20) });
            All.Add(new("duplicate", TransactionKind.Purchase, ours.Id + "-b", null, line.Amount, line.Points ?? 0));
        }
    }

    // One line under an id of its own, and two of ours that it might be.
    private void LeaveOpen()
    {
        var ours = Pick(TransactionKind.Purchase, 1)[0];
        var line = Line(ours);
        Replace(line, line with { Id = ours.Id + "-a", Points = null });
        Ours.Add(ours with { Id = ours.Id + "-b", At = ours.At.AddSeconds(30) });
        All.Add(new("missing-here", TransactionKind.Purchase, ours.Id + "-a", null, ours.Amount, 0, Ambiguous: true));
        All.Add(new("missing-there", TransactionKind.Purchase, null, ours.Id, -ours.Amount, -ours.Points!.Value, Ambiguous: true));
        All.Add(new("missing-there", TransactionKind.Purchase, null, ours.Id + "-b", -ours.Amount, -ours.Points!.Value, Ambiguous: true));
    }

    // No difference: the ids are others, card, amount and time tell that they are the same.
    private void MatchByCard()
    {
        foreach (var ours in Pick(TransactionKind.Purchase, 15).Concat(Pick(TransactionKind.Redemption, 5)))
        {
            var line = Line(ours);
            Replace(line, line with { Id = "till:" + ours.Id, At = ours.At.AddSeconds(random.Next(-299, 299)) });
        }
    }

    // Transactions that nothing was planted in yet.
    private List<Posted> Pick(string kind, int count)
    {
        var touched = All.SelectMany(p => new[] { p.There, p.Here }).OfType<string>().Select(id => id.Split('-') is [var a, var b, ..] ? $"{a}-{b}" : id).ToHashSet(StringComparer.Ordinal);
        var free = Ours.Where(o => o.Kind == kind && !touched.Contains(o.Id) && o.Id.Length == "T-0000".Length).ToArray();
        random.Shuffle(free);
        return [.. free.Take(count)];
    }

    private Posted Line(Posted ours) => Theirs.Single(t => t.Kind == ours.Kind && t.Id == ours.Id);

    private void Replace(Posted line, Posted with) => Theirs[Theirs.IndexOf(line)] = with;
}
