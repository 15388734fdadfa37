using System.Buffers.Text;
using System.Collections.Concurrent;

namespace Loyalty.Benchmarks.Load;

/// <summary>Reads the answer to a request of lines: a line each, in order, with a status each.</summary>
internal static class LineAnswers
{
    /// <summary>Reads to the end of the answer and counts every line of it as it comes.</summary>
    /// <param name="slices">When each slice of the request was sent.</param>
    /// <param name="slice">How many lines a slice has.</param>
    public static async Task<(int Status, int Lines)> Read(HttpConnection connection, Tally tally, ConcurrentQueue<long> slices, int slice)
    {
        int status, body;
        long? length;
        while (!HttpAnswer.TryReadHead(connection.Received, out status, out body, out length))
            await connection.Receive();
        connection.Consume(body);
        var lines = new Lines(tally, slices, slice) { Counted = status is >= 200 and <= 299 };
        if (length is { } whole) await ReadWhole(connection, lines, whole);
        else await ReadChunks(connection, lines);
        return (status, lines.Read);
    }

    private static async Task ReadWhole(HttpConnection connection, Lines lines, long left)
    {
        while (left > 0)
        {
            if (connection.Received.IsEmpty) await connection.Receive();
            var part = (int)Math.Min(left, connection.Received.Length);
            lines.Take(connection.Received[..part]);
            connection.Consume(part);
            left -= part;
        }
    }

    private static async Task ReadChunks(HttpConnection connection, Lines lines)
    {
        while (true)
        {
            int size, consumed;
            while (!HttpAnswer.TryReadChunkSize(connection.Received, out size, out consumed)) await connection.Receive();
            while (connection.Received.Length < consumed + size + 2) await connection.Receive();
            lines.Take(connection.Received.Slice(consumed, size));
            connection.Consume(consumed + size + 2);
            if (size == 0) return;
        }
    }

    private sealed class Lines(Tally tally, ConcurrentQueue<long> slices, int slice)
    {
        private byte[] rest = new byte[4096];
        private int kept;
        private long sentAt;

        public bool Counted { get; init; }

        public int Read { get; private set; }

        public void Take(ReadOnlySpan<byte> bytes)
        {
            if (!Counted) return;
            for (var end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes.IndexOf((byte)'\n'))
            {
                Keep(bytes[..end]);
                Count(rest.AsSpan(0, kept));
                kept = 0;
                bytes = bytes[(end + 1)..];
            }

            Keep(bytes);
        }

        private void Keep(ReadOnlySpan<byte> part)
        {
            if (kept + part.Length > rest.Length) Array.Resize(ref rest, (kept + part.Length) * 2);
            part.CopyTo(rest.AsSpan(kept));
            kept += part.Length;
        }

        private void Count(ReadOnlySpan<byte> line)
        {
            if (line.IsEmpty) return;
            if (Read++ % slice == 0) slices.TryDequeue(out sentAt);
            var at = line.IndexOf("\"status\":"u8);
            tally.Answered(at >= 0 && Utf8Parser.TryParse(line[(at + "\"status\":".Length)..], out int status, out _) ? status : 0, sentAt);
        }
    }
}
