using System.Net.Sockets;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.Messaging;

/// <summary>What a failed transaction asks for.</summary>
internal enum FailureKind
{
    /// <summary>Something is wrong with the message or the code; trying again for ever would not help.</summary>
    Other,

    /// <summary>Somebody else was faster: try again at once.</summary>
    Conflict,

    /// <summary>The database, or whoever else has to take part, is away: wait.</summary>
    Outage,
}

/// <summary>Tells failures apart.</summary>
internal static class Failures
{
    public static FailureKind KindOf(Exception exception) => exception switch
    {
        ConcurrencyException => FailureKind.Conflict,
        PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable } =>
            FailureKind.Conflict,

        // Shutting down or starting up, connections refused or lost, out of resources, a replica that must not be written to.
        PostgresException { SqlState: ['5', '7', 'P', ..] or ['0', '8', ..] or ['5', '3', ..] or ['5', '8', ..] or PostgresErrorCodes.ReadOnlySqlTransaction } =>
            FailureKind.Outage,
        PostgresException => FailureKind.Other,
        NpgsqlException { IsTransient: true } or SocketException or IOException or TimeoutException => FailureKind.Outage,
        { InnerException: { } inner } => KindOf(inner),
        _ => FailureKind.Other,
    };
}
