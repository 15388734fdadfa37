using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Loyalty.Cards.Domain;

/// <summary>
/// A run of numbers under one prefix. Serials 0, 1, 2… are scattered over the run by a permutation that only its key knows, so
/// that each number comes up once, without a look at the others, and nobody finds the next card from the last.
/// </summary>
/// <param name="Prefix">The digits every number of the run begins with.</param>
/// <param name="BodyDigits">How many digits follow, before the check digit.</param>
/// <param name="Key">What makes this run's order its own.</param>
internal sealed record NumberRun(string Prefix, int BodyDigits, byte[] Key)
{
    private const int Rounds = 8;

    /// <summary>How many numbers there are.</summary>
    public long Size => (long)BigInteger.Pow(10, BodyDigits);

    /// <summary>Prefix and body of the number that belongs to a serial.</summary>
    public string At(long serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(serial);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(serial, Size);
        return Prefix + Scatter(serial).ToString(CultureInfo.InvariantCulture).PadLeft(BodyDigits, '0');
    }

    // A Feistel network permutes all numbers of an even count of bits. Walking on until the result falls into the run makes it a
    // permutation of the run: fewer than four steps on average, since the next even power of two is less than four times as large.
    private long Scatter(long serial)
    {
        var halfBits = (BitOperations.Log2((ulong)Size) + 2) / 2;
        var value = (ulong)serial;
        do
            value = Feistel(value, halfBits);
        while (value >= (ulong)Size);
        return (long)value;
    }

    private ulong Feistel(ulong value, int halfBits)
    {
        var mask = (1UL << halfBits) - 1;
        var (left, right) = (value >> halfBits, value & mask);
        Span<byte> input = stackalloc byte[9];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (byte round = 0; round < Rounds; round++)
        {
            input[0] = round;
            BinaryPrimitives.WriteUInt64BigEndian(input[1..], right);
            HMACSHA256.HashData(Key, input, hash);
            (left, right) = (right, left ^ (BinaryPrimitives.ReadUInt64BigEndian(hash) & mask));
        }

        return (left << halfBits) | right;
    }
}
