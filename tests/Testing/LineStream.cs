using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Loyalty.Testing;

/// <summary>
/// A request of many lines (NDJSON) whose answers are read while it is still being sent, which no client of .NET does over HTTP/1.1.
/// Throws <see cref="IOException"/> when the connection ends before the last answer.
/// </summary>
public sealed class LineStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient client;
    private readonly NetworkStream stream;
    private readonly byte[] buffer = new byte[64 * 1024];
    private int from;
    private int to;

    private LineStream(TcpClient client)
    {
        this.client = client;
        stream = client.GetStream();
    }

    /// <summary>Connects and begins the request.</summary>
    /// <param name="server">The running service.</param>
    /// <param name="path">The endpoint, which takes POST.</param>
    /// <param name="token">An access token.</param>
    /// <param name="receiveBuffer">How many bytes the system takes in before they are read.</param>
    public static async Task<LineStream> Open(Uri server, string path, string token, int receiveBuffer = 1024 * 1024)
    {
        ArgumentNullException.ThrowIfNull(server);
        var socket = new TcpClient { NoDelay = true, ReceiveBufferSize = receiveBuffer, LingerState = new(enable: true, 0) };
        try
        {
            await socket.ConnectAsync(server.Host, server.Port);
            var lines = new LineStream(socket);
            await lines.stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n" +
                "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"));
            return lines;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException("Nobody listens.", e);
        }
    }

    /// <summary>Sends text as it is; end every line with a line feed.</summary>
    public async Task Send(string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{body.Length:x}\r\n")), .. body, .. "\r\n"u8]);
    }

    /// <summary>Says that no more lines come.</summary>
    public async Task End() => await stream.WriteAsync("0\r\n\r\n"u8.ToArray());

    /// <summary>The lines of the answer as they come; fails at once when the answer is not 200.</summary>
    public async IAsyncEnumerable<string> Answers([EnumeratorCancellation] CancellationToken ct = default)
    {
        var status = await Line(ct);
        if (!status.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) throw new InvalidOperationException(status);
        while ((await Line(ct)).Length > 0)
        {
        }

        var line = new MemoryStream();
        while (int.Parse(await Line(ct), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            for (var left = size; left > 0;)
            {
                await Fill(ct);
                var available = Math.Min(left, to - from);
                var end = Array.IndexOf(buffer, (byte)'\n', from, available);
                var taken = end < 0 ? available : end + 1 - from;
                line.Write(buffer, from, taken);
                from += taken;
                left -= taken;
                if (end < 0) continue;
                yield return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length - 1);
                line.SetLength(0);
            }

            await Line(ct);
        }
    }

    /// <summary>Resets the connection, in the middle of whatever it is.</summary>
    public void Dispose() => client.Dispose();

    private async ValueTask<string> Line(CancellationToken ct)
    {
        var text = new StringBuilder();
        while (true)
        {
            await Fill(ct);
            var next = (char)buffer[from++];
            if (next == '\n') return text.ToString().TrimEnd('\r');
            text.Append(next);
        }
    }

    private async ValueTask Fill(CancellationToken ct)
    {
        if (from < to) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        (from, to) = (0, await stream.ReadAsync(buffer, patience.Token));
        if (to == 0) throw new EndOfStreamException("The connection was closed in the middle of an answer.");
    }
}
