using System.Collections.Concurrent;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Values that nearly every account in memory repeats, such as the ids of offers and issuers: an image holds their numbers, and opening
/// it hands out the one that all share. There are few of them; should they ever be many, the rest is written out.
/// </summary>
/// <param name="write">Writes a value out.</param>
/// <param name="read">Reads one that was written out.</param>
internal sealed class SharedWords<T>(Action<BinaryWriter, T> write, Func<BinaryReader, T> read) where T : notnull
{
    private const int Most = 20_000;
    private const int WrittenOut = 0;

    private readonly Lock adding = new();
    private readonly ConcurrentDictionary<T, int> numbers = new();
    private T[] words = new T[64];
    private int last = WrittenOut;

    public void Write(BinaryWriter to, T word)
    {
        var number = numbers.TryGetValue(word, out var known) ? known : Number(word);
        to.Write7BitEncodedInt(number);
        if (number == WrittenOut) write(to, word);
    }

    public T Read(BinaryReader from) => from.Read7BitEncodedInt() is var number && number == WrittenOut ? read(from) : Volatile.Read(ref words)[number];

    private int Number(T word)
    {
        lock (adding)
        {
            if (numbers.TryGetValue(word, out var known)) return known;
            if (last == Most) return WrittenOut;
            // Whoever meets the number has it from the dictionary, where it comes after its word.
            if (++last == words.Length) Volatile.Write(ref words, [.. words, .. new T[words.Length]]);
            words[last] = word;
            return numbers[word] = last;
        }
    }
}
