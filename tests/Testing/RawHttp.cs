using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shouldly;

namespace Loyalty.Testing;

/// <summary>What came back for raw bytes. Status 0: the connection was closed without an answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Status line and headers as they came.</param>
/// <param name="Body">The body as text.</param>
public sealed record RawAnswer(int Status, string Headers, string Body)
{
    /// <summary>Asserts that it is a problem document of this status that gives nothing away.</summary>
    public void ShouldBeProblem(int status, string because)
    {
        Status.ShouldBe(status, $"{because}: {Headers}\n{Body}");
        Headers.ShouldContain("application/problem+json", Case.Insensitive, because);
        Body.ShouldContain("\"type\":\"urn:loyalty:problem:", Case.Sensitive, because);
        Body.ShouldContain("\"detail\":\"", Case.Sensitive, because);
        Body.ShouldNotContain("   at ", Case.Sensitive, because);
        Body.ShouldNotContain("System.", Case.Sensitive, because);
        Body.ShouldNotContain("Loyalty.", Case.Sensitive, because);
    }
}

/// <summary>Speaks HTTP/1.1 byte by byte, to send what no client library would.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Sends the bytes and reads the one answer.</summary>
    public static Task<RawAnswer> Send(Uri server, ReadOnlyMemory<byte> request) => Send(server, async (stream, ct) => await stream.WriteAsync(request, ct));

    /// <summary>Sends what the writer writes and reads the one answer.</summary>
    public static async Task<RawAnswer> Send(Uri server, Func<NetworkStream, CancellationToken, Task> write)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(write);
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, patience.Token);
        var stream = client.GetStream();
        try
        {
            await write(stream, patience.Token);
        }
        catch (IOException)
        {
            // The server may answer and close before everything is sent; its answer is read below.
        }

        return await Read(stream, patience.Token);
    }

    private static async Task<RawAnswer> Read(NetworkStream stream, CancellationToken ct)
    {
        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int count; !IsWhole(received) && (count = await stream.ReadAsync(buffer, ct)) > 0;)
            {
                received.Write(buffer, 0, count);
            }
        }
        catch (IOException)
        {
            // Closed with a reset after the answer, or without one.
        }

        var text = Encoding.UTF8.GetString(received.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0
            ? new RawAnswer(0, text, "")
            : new RawAnswer(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), text[..end], text[(end + 4)..]);
    }

    private static bool IsWhole(MemoryStream received)
    {
        var text = Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)received.Length);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = text[..end].Split("\r\n").FirstOrDefault(h => h.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null
            ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) || text.StartsWith("HTTP/1.1 304", StringComparison.Ordinal)
            : text.Length >= end + 4 + int.Parse(length.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
    }
}
