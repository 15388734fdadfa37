using System.Net;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>
/// Counts failed attempts per minute, by address and by address with client id, known or not. By address too, so that nobody
/// locks a till of another address out. A fixed number of counters, shared by whatever hashes to one, takes no more memory
/// however many names are tried.
/// </summary>
internal sealed class WrongSecrets(TimeProvider clock)
{
    private const int MostPerClient = 10;
    private const int MostPerAddress = 300;

    private readonly int[] counters = new int[1 << 16];
    private long minute;

    public bool TooMany(IPAddress? address, string clientId) =>
        Counter(address, clientId) >= MostPerClient || Counter(address, "") >= MostPerAddress;

    public void Add(IPAddress? address, string clientId)
    {
        Interlocked.Increment(ref Counter(address, clientId));
        Interlocked.Increment(ref Counter(address, ""));
    }

    private ref int Counter(IPAddress? address, string clientId)
    {
        var now = clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
        if (Interlocked.Exchange(ref minute, now) != now)
            Array.Clear(counters);
        return ref counters[(uint)HashCode.Combine(address, clientId) % counters.Length];
    }
}
