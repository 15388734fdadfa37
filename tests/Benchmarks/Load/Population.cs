using System.Buffers.Binary;
using System.Globalization;

namespace Loyalty.Benchmarks.Load;

/// <summary>
/// The accounts, cards and stores that every contender has. They follow from their numbers, so that whoever seeds a database and
/// whoever sends load to it agree without telling each other.
/// </summary>
internal static class Population
{
    public const int Stores = 50;

    public const string PartnerCode = "GROCERY";

    /// <summary>What was bought before the measurement, in points: enough for redemptions that overtake their purchases.</summary>
    public const int Cushion = 300;

    /// <summary>The account that gets a share of the load of its own starts with more, as many of its requests are on their way at once.</summary>
    public const int HotCushion = 3000;

    /// <summary>Every account is somewhere in its cycle of three purchases and one redemption.</summary>
    public const int PurchasesToARedemption = 3;

    private const int PointsOfASeededPurchase = 50;

    public static Guid Account(int number) => Scattered(number, 1);

    public static Guid CardId(int number) => Scattered(number, 2);

    /// <summary>Sixteen digits, the last of which checks the others.</summary>
    public static string Card(int number)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"627648{number:D9}");
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var doubled = (digits[^(i + 1)] - '0') * (2 - (i % 2));
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    public static string Store(int number) => string.Create(CultureInfo.InvariantCulture, $"S{number:D3}");

    /// <summary>Where in its cycle an account begins.</summary>
    public static int FirstPhase(int number) => number % (PurchasesToARedemption + 1);

    /// <summary>What it has earned in that cycle so far.</summary>
    public static int FirstEarned(int number) => FirstPhase(number) * PointsOfASeededPurchase;

    public static int SeededPoints(int number) => FirstEarned(number) + (number == 0 ? HotCushion : Cushion);

    // Real ids are random: neighbours in number must not be neighbours in an index.
    private static Guid Scattered(int number, ulong space)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Mixed(((ulong)number << 8) | space));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Mixed(((ulong)number << 8) | space | 0x80));
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    // The finaliser of splitmix64.
    private static ulong Mixed(ulong x)
    {
        x += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
