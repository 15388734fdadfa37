using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Loyalty.Testing;

/// <summary>Ports of the loopback interface that nobody listens on.</summary>
public static class FreePorts
{
    /// <summary>One port.</summary>
    public static int Take() => Take(1)[0];

    /// <summary>Several ports, all different.</summary>
    public static IReadOnlyList<int> Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            listeners.ForEach(listener => listener.Start());
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    internal static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
