using System.Net.Sockets;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>Failures that pass by themselves: the database is away or restarting, or somebody else was faster.</summary>
internal static class Interruption
{
    public static bool Is(Exception e) =>
        e is ConcurrencyException or TimeoutException or SocketException or IOException or NpgsqlException { IsTransient: true }
            or PostgresException { SqlState: ['5', '7', ..] };
}
