using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Keeps what was used lately, within a budget. Two generations: what is used moves to the young one; when that has taken half of the
/// budget, the old one is dropped and the young one grows old. So nothing need be put in order at every use, and whoever finds what it
/// wants in the young one does not wait.
/// </summary>
/// <param name="budget">The most that everything kept may weigh, in the unit of <paramref name="weigh"/>.</param>
/// <param name="weigh">What a value weighs.</param>
internal sealed class BoundedCache<TKey, TValue>(long budget, Func<TValue, long> weigh) where TKey : notnull
{
    // Whoever moves a value between the generations must not bring back what has been replaced or removed meanwhile.
    private readonly Lock changing = new();
    private ConcurrentDictionary<TKey, TValue> young = new();
    private ConcurrentDictionary<TKey, TValue> old = new();
    private long weight;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (young.TryGetValue(key, out value)) return true;
        lock (changing)
        {
            if (young.TryGetValue(key, out value)) return true;
            if (!old.TryGetValue(key, out value)) return false;
            Keep(key, value);
            return true;
        }
    }

    /// <summary>Keeps a value, in place of the one there was.</summary>
    public void Put(TKey key, TValue value)
    {
        lock (changing) Keep(key, value);
    }

    public void Remove(TKey key)
    {
        lock (changing)
        {
            old.TryRemove(key, out _);
            if (young.TryRemove(key, out var removed)) weight -= weigh(removed);
        }
    }

    private void Keep(TKey key, TValue value)
    {
        if (young.TryGetValue(key, out var replaced)) weight -= weigh(replaced);
        young[key] = value;
        old.TryRemove(key, out _);
        weight += weigh(value);
        if (weight <= budget / 2) return;
        (old, young) = (young, new());
        weight = 0;
    }
}
