using System.Globalization;
using Loyalty.PointsLedger.Storage;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Storage;

public class SharingWords
{
    [Fact]
    public void gives_back_every_word_to_many_at_once_and_also_those_beyond_what_is_shared()
    {
        var words = new SharedWords<string>(static (to, word) => to.Write(word), static from => from.ReadString());
        Parallel.For(0, 4, part =>
        {
            for (var i = part * 5_000; i < 25_000; i++)
                Again(words, Word(i)).ShouldBe(Word(i));
        });
    }

    [Fact]
    public void takes_less_room_from_the_second_time_on_and_hands_out_the_same_word()
    {
        var words = new SharedWords<string>(static (to, word) => to.Write(word), static from => from.ReadString());
        Again(words, Word(1)).ShouldBeSameAs(Again(words, Word(1)));
        Written(words, Word(1)).Length.ShouldBe(1);
    }

    private static string Again(SharedWords<string> words, string word)
    {
        using var from = new BinaryReader(new MemoryStream(Written(words, word)));
        return words.Read(from);
    }

    private static byte[] Written(SharedWords<string> words, string word)
    {
        var stream = new MemoryStream();
        using var to = new BinaryWriter(stream);
        words.Write(to, word);
        return stream.ToArray();
    }

    private static string Word(int number) => number.ToString("D6", CultureInfo.InvariantCulture);
}
