using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>Public keys on the curve P-256, as JWKs have them.</summary>
internal static class PublicKeys
{
    /// <summary>The key of two coordinates in base64url, or null when they are no point of the curve.</summary>
    public static PublicKey? Of(string x, string y)
    {
        if (!IsCoordinate(x) || !IsCoordinate(y))
            return null;
        try
        {
            using var key = ECDsa.Create(Parameters(x, y));
            return new(Thumbprint(x, y), x, y);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public static ECParameters Parameters(string x, string y) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new() { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
    };

    // RFC 7638: the required members alone, in this order, without white space.
    private static string Thumbprint(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));

    // Written again it must be the same, so that a key has one spelling and one thumbprint.
    private static bool IsCoordinate(string text) =>
        text.Length == 43 && Base64Url.IsValid(text, out var bytes) && bytes == 32 && Base64Url.EncodeToString(Base64Url.DecodeFromChars(text)) == text;
}
