using System.Net;
using System.Net.Sockets;

namespace Loyalty.Benchmarks.Load;

/// <summary>
/// One keep-alive connection of HTTP/1.1. It does as little as possible, because the load generator shares the processors with what
/// it measures: no header objects, no allocation for a request.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] received = new byte[16 * 1024];
    private int filled;

    /// <summary>What has been received and not been consumed yet.</summary>
    public ReadOnlySpan<byte> Received => received.AsSpan(0, filled);

    /// <param name="port">Where on loopback.</param>
    /// <param name="end">Breaks the connection off, whatever waits on it.</param>
    public static async Task<HttpConnection> Open(int port, CancellationToken end)
    {
        var connection = new HttpConnection();
        end.Register(connection.Dispose);
        await connection.socket.ConnectAsync(IPAddress.Loopback, port);
        return connection;
    }

    /// <summary>Whether a connection was lost, or broken off.</summary>
    public static bool IsBroken(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    /// <summary>Sends a request and returns the status of its answer.</summary>
    public async ValueTask<int> Exchange(ReadOnlyMemory<byte> request)
    {
        await Send(request);
        filled = 0;
        while (true)
        {
            await Receive();
            if (HttpAnswer.TryRead(Received, out var status)) return status;
        }
    }

    public async ValueTask Send(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }

    /// <summary>Waits for more bytes; <see cref="Received"/> holds them and those before.</summary>
    public async ValueTask Receive()
    {
        if (filled == received.Length) Array.Resize(ref received, received.Length * 2);
        var more = await socket.ReceiveAsync(received.AsMemory(filled), SocketFlags.None);
        if (more == 0) throw new IOException("The service has closed the connection.");
        filled += more;
    }

    /// <summary>Forgets the first so many bytes of what was received.</summary>
    public void Consume(int bytes)
    {
        received.AsSpan(bytes, filled - bytes).CopyTo(received);
        filled -= bytes;
    }

    public void Dispose() => socket.Dispose();
}
