using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Customers.Domain;
using Loyalty.Kernel;

namespace Loyalty.Customers.Storage;

/// <summary>Seals a profile with its member's key, and opens it again.</summary>
internal static class ProfileSeal
{
    private const string Algorithm = "A256GCM";

    public static SealedProfile Seal(Profile profile, MemberId member, byte[] key)
    {
        var nonce = RandomNumberGenerator.GetBytes(Cipher.NonceBytes);
        var sealedBytes = Cipher.Encrypt(key, nonce, JsonSerializer.SerializeToUtf8Bytes(profile), Purpose(member));
        return new(Algorithm, Convert.ToBase64String(nonce), Convert.ToBase64String(sealedBytes));
    }

    public static Profile Open(SealedProfile profile, MemberId member, byte[] key) => profile.Algorithm == Algorithm
        ? JsonSerializer.Deserialize<Profile>(Cipher.Decrypt(
            key, Convert.FromBase64String(profile.Nonce), Convert.FromBase64String(profile.Ciphertext), Purpose(member)))!
        : throw new InvalidOperationException($"This version can't open a profile sealed with '{profile.Algorithm}'.");

    private static byte[] Purpose(MemberId member) => Encoding.UTF8.GetBytes($"profile of member {member}");
}
