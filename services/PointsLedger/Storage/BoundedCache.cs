using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Keeps what was used lately, within a budget. When the budget is spent, a hand goes round: what was used since it came by the last time
/// is spared once, the rest goes. So nothing is put in order when it is used, reading takes no lock, and whatever fits stays.
/// </summary>
/// <param name="budget">The most that everything kept may weigh, in the unit of <paramref name="weigh"/>.</param>
/// <param name="weigh">What a value weighs.</param>
internal sealed class BoundedCache<TKey, TValue>(long budget, Func<TValue, long> weigh) where TKey : notnull
{
    // So that nobody waits for a round past everything there is.
    private const int MostSpared = 1_000;

    private readonly Lock changing = new();
    private readonly ConcurrentDictionary<TKey, Entry> kept = new();
    private IEnumerator<KeyValuePair<TKey, Entry>>? hand;
    private long weight;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var known = kept.TryGetValue(key, out var entry);
        value = known ? entry!.Value : default;
        if (known && !entry!.Used) entry.Used = true;
        return known;
    }

    /// <summary>Keeps a value, in place of the one there was.</summary>
    public void Put(TKey key, TValue value)
    {
        lock (changing)
        {
            var again = kept.TryGetValue(key, out var replaced);
            if (again) weight -= weigh(replaced!.Value);
            kept[key] = new(value) { Used = again };
            weight += weigh(value);
            var spared = 0;
            while (weight > budget) GoOn(ref spared);
        }
    }

    public void Remove(TKey key)
    {
        lock (changing) Take(key);
    }

    private void GoOn(ref int spared)
    {
        hand ??= kept.GetEnumerator();
        if (!hand.MoveNext())
        {
            hand.Dispose();
            hand = null;
        }
        else if (hand.Current.Value.Used && spared++ < MostSpared)
        {
            hand.Current.Value.Used = false;
        }
        else
        {
            Take(hand.Current.Key);
        }
    }

    private void Take(TKey key)
    {
        if (kept.TryRemove(key, out var taken)) weight -= weigh(taken.Value);
    }

    private sealed class Entry(TValue value)
    {
        public TValue Value { get; } = value;

        public bool Used { get; set; }
    }
}
