using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Unicode;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>How large a file may be.</summary>
/// <param name="Lines">Lines, the header and blank ones included.</param>
/// <param name="LineBytes">Bytes of one line.</param>
internal sealed record FileLimits(int Lines = 1_000_000, int LineBytes = 64 * 1024);

/// <summary>
/// A file line by line, as UTF-8 without the ends of its lines; holds one line at a time, however long the file is. Throws
/// <see cref="ProblemException"/> for what no line can be blamed for alone, with the number of the line where it shows.
/// </summary>
internal sealed class FileText(Stream file, FileLimits limits)
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>SHA-256 of the file's bytes, once all lines have been read.</summary>
    public byte[] Sha256 { get; private set; } = [];

    /// <summary>The lines with their numbers, from 1; blank ones are counted and left out. Each is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte> Text)> Lines([EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(file, new StreamPipeReaderOptions(leaveOpen: true));
        var (number, given) = (0, false);
        while (true)
        {
            var read = await reader.ReadAtLeastAsync(4, ct);
            var rest = read.Buffer;
            if (number == 0 && IsPacked(rest)) throw new ProblemException(Packed);
            while (Next(ref rest, read.IsCompleted) is { } found)
            {
                if (++number > limits.Lines) throw TooLarge($"The file has more than {limits.Lines} lines. Split it; each transaction takes effect once, in whatever file it comes.");
                var line = Checked(found, number);
                if (line.Span.Trim(" \t"u8).IsEmpty) continue;
                given = true;
                yield return (number, line);
            }

            if (rest.Length > limits.LineBytes) throw Overlong(rest, number + 1);
            Consume(read.Buffer.Slice(0, rest.Start));
            reader.AdvanceTo(rest.Start, read.Buffer.End);
            if (!read.IsCompleted) continue;
            if (!given) throw new ProblemException("The file is empty. Send at least one transaction.");
            Sha256 = hash.GetHashAndReset();
            yield break;
        }
    }

    private void Consume(ReadOnlySequence<byte> read)
    {
        foreach (var segment in read) hash.AppendData(segment.Span);
    }

    private static ReadOnlySequence<byte>? Next(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        var line = rest;
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return line;
        }

        if (!isLast || rest.IsEmpty) return null;
        rest = rest.Slice(rest.End);
        return line;
    }

    private ReadOnlyMemory<byte> Checked(ReadOnlySequence<byte> found, int number)
    {
        if (found.Length > limits.LineBytes) throw Overlong(found, number);
        var line = found.IsSingleSegment ? found.First : found.ToArray();
        if (number == 1 && line.Span.StartsWith("\uFEFF"u8)) line = line[3..];
        if (line.Span.EndsWith("\r"u8)) line = line[..^1];
        if (Unreadable(line.Span, number) is { } fault) throw fault;
        return Utf8.IsValid(line.Span) ? line : throw new ProblemException($"Line {number} is not UTF-8. Save the file as UTF-8 and send it again.");
    }

    private static ProblemException? Unreadable(ReadOnlySpan<byte> line, int number) => line.IndexOfAny((byte)'\r', (byte)0) switch
    {
        < 0 => null,
        var at when line[at] == 0 => new($"Line {number} has a NUL byte. Send plain text in UTF-8."),
        _ => new($"Line {number} has a carriage return inside it. End lines with a line feed, or with both."),
    };

    // What no line end was found in is more often a file of another kind than a long line.
    private ProblemException Overlong(ReadOnlySequence<byte> line, int number) =>
        Unreadable(line.Slice(0, limits.LineBytes).ToArray(), number)
        ?? TooLarge($"Line {number} is longer than {limits.LineBytes} bytes. Put every transaction on a line of its own.");

    private static ProblemException TooLarge(string detail) => new(Problem.Of(StatusCodes.Status413PayloadTooLarge, "content-too-large", detail));

    private static Problem Packed { get; } = Problem.Of(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The file is packed. Unpack it and send it as text/csv or application/x-ndjson.");

    // The first bytes of zip and gzip.
    private static bool IsPacked(ReadOnlySequence<byte> start)
    {
        Span<byte> first = stackalloc byte[4];
        var length = (int)Math.Min(4, start.Length);
        start.Slice(0, length).CopyTo(first);
        return first[..length].StartsWith("PK\x03\x04"u8) || first[..length].StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
    }
}
