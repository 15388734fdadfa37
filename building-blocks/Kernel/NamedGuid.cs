using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Kernel;

/// <summary>Ids that follow from a name, so that whoever knows the name finds the same id without asking.</summary>
public static class NamedGuid
{
    /// <summary>The version 5 UUID of RFC 9562 (SHA-1 over a namespace and a name).</summary>
    public static Guid From(Guid space, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
#pragma warning disable CA5350 // RFC 9562 prescribes SHA-1 for version 5; nothing here relies on its strength.
        Span<byte> hash = SHA1.HashData(bytes);
#pragma warning restore CA5350
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((BinaryPrimitives.ReadUInt16BigEndian(hash[6..]) & 0x0fff) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
