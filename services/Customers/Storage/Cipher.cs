using System.Security.Cryptography;

namespace Loyalty.Customers.Storage;

/// <summary>AES-256 in Galois/Counter Mode: what was encrypted for one purpose under one key can't be changed, or moved to another.</summary>
internal static class Cipher
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;

    private const int TagBytes = 16;

    /// <summary>Encrypts; the tag follows the ciphertext.</summary>
    public static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> purpose)
    {
        using var aes = new AesGcm(key, TagBytes);
        var sealedBytes = new byte[clear.Length + TagBytes];
        aes.Encrypt(nonce, clear, sealedBytes.AsSpan(0, clear.Length), sealedBytes.AsSpan(clear.Length), purpose);
        return sealedBytes;
    }

    /// <summary>Decrypts; throws <see cref="AuthenticationTagMismatchException"/> when key, bytes or purpose are not the ones it was encrypted with.</summary>
    public static byte[] Decrypt(byte[] key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> purpose)
    {
        using var aes = new AesGcm(key, TagBytes);
        var clear = new byte[sealedBytes.Length - TagBytes];
        aes.Decrypt(nonce, sealedBytes[..clear.Length], sealedBytes[clear.Length..], clear, purpose);
        return clear;
    }
}
