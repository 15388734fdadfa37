using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Loyalty.Verify;

/// <summary>A public key out of a saved key file.</summary>
internal sealed record PublicKey(string Id, ECPoint Point)
{
    public static PublicKey Of(JsonElement jwk)
    {
        var (x, y) = (jwk.Text("x"), jwk.Text("y"));
        // The id is the key's own thumbprint (RFC 7638), so a note that names it can mean no other key.
        var thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
        return jwk.Text("kty") == "EC" && jwk.Text("crv") == "P-256" && jwk.Text("kid") == thumbprint
            ? new(thumbprint, new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) })
            : throw new FormatException($"the key {jwk.Text("kid")} is no P-256 key with its own thumbprint as its id");
    }

    public bool Signed(string text, byte[] signature)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = Point });
        return key.VerifyData(Encoding.UTF8.GetBytes(text), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}

/// <summary>What a checkpoint's signed text says. Nothing beside the text is believed.</summary>
internal sealed record SignedNote(string Origin, long Size, byte[] Root, long LastSequence, string Time)
{
    public static bool TryRead(string text, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        var lines = text.Split('\n');
        var root = new byte[SHA256.HashSizeInBytes];
        if (lines is not [{ Length: > 0 } origin, var size, var hash, var sequence, var time, ""]
            || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var leaves)
            || !Convert.TryFromBase64String(hash, root, out var length) || length != root.Length
            || !sequence.StartsWith("sequence ", StringComparison.Ordinal) || !time.StartsWith("time ", StringComparison.Ordinal)
            || !long.TryParse(sequence["sequence ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            return false;
        note = new(origin, leaves, root, last, time["time ".Length..]);
        return true;
    }
}
