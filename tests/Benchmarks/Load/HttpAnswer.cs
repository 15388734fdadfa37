using System.Buffers.Text;
using System.Globalization;

namespace Loyalty.Benchmarks.Load;

/// <summary>Reads as much of an HTTP/1.1 answer as a load generator needs: its status, and where it ends.</summary>
internal static class HttpAnswer
{
    /// <summary>Whether the answer is complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> received, out int status)
    {
        status = 0;
        if (!TryReadHead(received, out status, out var body, out var length)) return false;
        return length is { } bytes ? received.Length >= body + bytes : EndsChunked(received[body..]);
    }

    /// <summary>Reads the head.</summary>
    /// <param name="body">Where the body begins.</param>
    /// <param name="length">Length of the body; null when it comes in chunks.</param>
    public static bool TryReadHead(ReadOnlySpan<byte> received, out int status, out int body, out long? length)
    {
        (status, body, length) = (0, 0, 0);
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        status = ((received[9] - '0') * 100) + ((received[10] - '0') * 10) + (received[11] - '0');
        body = end + 4;
        var head = received[..end];
        if (status is 204 or 304) return true;
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0)
        {
            length = head.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0 ? null : throw new FormatException("An answer without a length.");
            return true;
        }

        Utf8Parser.TryParse(head[(at + "\r\nContent-Length: ".Length)..], out long bytes, out _);
        length = bytes;
        return true;
    }

    /// <summary>Reads the line that says how long the next chunk is.</summary>
    public static bool TryReadChunkSize(ReadOnlySpan<byte> received, out int size, out int consumed)
    {
        (size, consumed) = (0, 0);
        var end = received.IndexOf("\r\n"u8);
        if (end < 0) return false;
        size = int.Parse(received[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        consumed = end + 2;
        return true;
    }

    private static bool EndsChunked(ReadOnlySpan<byte> body)
    {
        while (TryReadChunkSize(body, out var size, out var consumed))
        {
            if (body.Length < consumed + size + 2) return false;
            body = body[(consumed + size + 2)..];
            if (size == 0) return true;
        }

        return false;
    }
}
