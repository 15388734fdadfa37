using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.CoalitionPartners.Identity;

internal static class ClientSecret
{
    /// <summary>256 random bits. Whoever registers the client sees it once; nobody can look it up again.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// One round of SHA-256, deliberately. Slow hashes and salts protect secrets that people choose and that can be guessed;
    /// 256 random bits can't be, and a till asks for a token every five minutes.
    /// </summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public static bool Matches(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(secret)), Encoding.ASCII.GetBytes(hash));
}
