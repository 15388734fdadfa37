using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Loyalty.Testing;

/// <summary>
/// The line between services and the broker, which a test can cut. Connect to <see cref="Over"/> instead of the broker's own address.
/// </summary>
public sealed class BrokerLine : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, Socket> calls = new();
    private readonly CancellationTokenSource ended = new();
    private readonly DnsEndPoint broker;
    private readonly Task accepting;
    private Allowance? allowance;
    private volatile bool silent;

    /// <summary>A line to the broker at this address.</summary>
    public BrokerLine(Uri broker)
    {
        this.broker = new(broker.Host, broker.Port);
        listener.Start();
        accepting = Accept();
    }

    /// <summary>The same address, over this line.</summary>
    public Uri Over(Uri direct) => new UriBuilder(direct) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;

    /// <summary>
    /// Ends every call, with a reset as a killed broker would, once this many more bytes of either direction have passed, or after
    /// some time whatever has passed. New calls get through.
    /// </summary>
    public async Task BreaksAfter(long bytes, TimeSpan orAfter)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref allowance, new(bytes, broken));
        await Task.WhenAny(broken.Task, Task.Delay(orAfter));
        Interlocked.Exchange(ref allowance, null);
        Cut();
    }

    /// <summary>Swallows everything from now on without ending any call, as a firewall that forgot the connection would.</summary>
    public void FallSilent() => silent = true;

    /// <summary>Ends the calls that were swallowed, and lets new ones through.</summary>
    public void Speak()
    {
        silent = false;
        Cut();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        Cut();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended.Dispose();
    }

    private void Cut()
    {
        foreach (var call in calls)
        {
            End(call.Key);
            End(call.Value);
        }
    }

    private async Task Accept()
    {
        while (!ended.IsCancellationRequested)
        {
            var near = await listener.AcceptSocketAsync(ended.Token);
            _ = Carry(near);
        }
    }

    private async Task Carry(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        calls[near] = far;
        try
        {
            await far.ConnectAsync(broker.Host, broker.Port, ended.Token);
            await Task.WhenAny(Pass(near, far), Pass(far, near));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The broker is away, and so is whoever calls it.
        }

        calls.TryRemove(near, out _);
        End(near);
        End(far);
        near.Dispose();
    }

    private async Task Pass(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ended.Token) is > 0 and var count)
            {
                if (silent)
                    continue;
                await to.SendAsync(buffer.AsMemory(0, count), ended.Token);
                if (Volatile.Read(ref allowance) is { } now && now.Spend(count))
                    Cut();
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // This call has ended.
        }
    }

    private static void End(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Somebody else has ended it.
        }
    }

    private sealed class Allowance(long bytes, TaskCompletionSource spent)
    {
        private long left = bytes;

        public bool Spend(int count) => Interlocked.Add(ref left, -count) <= 0 && spent.TrySetResult();
    }
}
