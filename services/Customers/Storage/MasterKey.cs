using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Loyalty.Customers.Domain;
using Loyalty.Kernel;

namespace Loyalty.Customers.Storage;

/// <summary>
/// The service's own secret, <c>Customers:MasterKey</c>: 32 random bytes in base64, kept outside the database. It encrypts the
/// members' keys and makes fingerprints that nobody without it can guess at. Lose it and every profile is lost.
/// </summary>
internal sealed class MasterKey
{
    public const string Setting = "Customers:MasterKey";

    private readonly byte[] wrapping;
    private readonly byte[] fingerprinting;

    private MasterKey(byte[] secret)
    {
        wrapping = Derive(secret, "member-keys");
        fingerprinting = Derive(secret, "enrolment-fingerprints");
    }

    /// <summary>The key of a setting; throws with a sentence that says what to set when there is none or when it is no secret.</summary>
    public static MasterKey From(string? setting)
    {
        var secret = new byte[Cipher.KeyBytes + 1];
        return Convert.TryFromBase64String(setting ?? "", secret, out var length) && length == Cipher.KeyBytes
            && secret.AsSpan(0, length).ContainsAnyExcept(secret[0])
            ? new(secret[..length])
            : throw new InvalidOperationException(
                $"{Setting} (environment: Customers__MasterKey) must be 32 random bytes in base64. Make it once with 'openssl rand -base64 32' and keep it as long as the database.");
    }

    /// <summary>A member's key as it may be stored.</summary>
    public byte[] Wrap(byte[] memberKey, MemberId member)
    {
        var nonce = RandomNumberGenerator.GetBytes(Cipher.NonceBytes);
        return [.. nonce, .. Cipher.Encrypt(wrapping, nonce, memberKey, Purpose(member))];
    }

    /// <summary>The key of a member as it was before <see cref="Wrap"/>.</summary>
    public byte[] Unwrap(byte[] wrapped, MemberId member) =>
        Cipher.Decrypt(wrapping, wrapped.AsSpan(0, Cipher.NonceBytes), wrapped.AsSpan(Cipher.NonceBytes), Purpose(member));

    /// <summary>
    /// Tells an honest repeat of an enrolment from another one under the same key. It is kept for ever, so it must not tell anything
    /// else: a plain hash of a name and a birthday is guessed in seconds, and equal people must not show as equal.
    /// </summary>
    public string Fingerprint(Profile profile, Guid scope, string key) => Convert.ToBase64String(
        HMACSHA256.HashData(fingerprinting, JsonSerializer.SerializeToUtf8Bytes(new { scope, key, profile })));

    private static byte[] Derive(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Cipher.KeyBytes, salt: null, info: Encoding.UTF8.GetBytes("loyalty.customers." + purpose));

    private static byte[] Purpose(MemberId member) => Encoding.UTF8.GetBytes($"key of member {member}");
}
