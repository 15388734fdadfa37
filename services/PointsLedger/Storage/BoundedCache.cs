using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Keeps what was used lately, within a budget. Two generations: what is used moves to the young one; when that has taken half of the
/// budget, the old one is dropped and the young one grows old. So nothing need be put in order at every use, and readers never wait.
/// </summary>
/// <param name="budget">The most that everything kept may weigh, in the unit of <paramref name="weigh"/>.</param>
/// <param name="weigh">What a value weighs.</param>
internal sealed class BoundedCache<TKey, TValue>(long budget, Func<TValue, long> weigh) where TKey : notnull
{
    private readonly Lock aging = new();
    private ConcurrentDictionary<TKey, TValue> young = new();
    private ConcurrentDictionary<TKey, TValue> old = new();
    private long weight;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (young.TryGetValue(key, out value)) return true;
        if (!old.TryRemove(key, out value)) return false;
        Put(key, value);
        return true;
    }

    /// <summary>Keeps a value, in place of the one there was.</summary>
    public void Put(TKey key, TValue value)
    {
        var before = young.TryGetValue(key, out var replaced) ? weigh(replaced) : 0;
        young[key] = value;
        old.TryRemove(key, out _);
        if (Interlocked.Add(ref weight, weigh(value) - before) > budget / 2) Age();
    }

    public void Remove(TKey key)
    {
        old.TryRemove(key, out _);
        young.TryRemove(key, out _);
    }

    private void Age()
    {
        lock (aging)
        {
            if (Interlocked.Read(ref weight) <= budget / 2) return;
            old = young;
            young = new();
            Interlocked.Exchange(ref weight, 0);
        }
    }
}
