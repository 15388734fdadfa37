using System.Net;
using System.Net.Sockets;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>Tells addresses of the public Internet from those that mean something only to whoever runs this service.</summary>
internal static class PublicAddress
{
    // The registries of special-purpose addresses of IANA, RFC 6890 and its successors.
    private static readonly IPNetwork[] SpecialV4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    // Protocol assignments with Teredo, ORCHID and benchmarks among them, and documentation.
    private static readonly IPNetwork[] SpecialV6 = Networks("2001::/23", "2001:db8::/32", "3fff::/20");
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether anybody on the Internet would reach the same machine. An address that holds another one is judged by that one.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !SpecialV4.Any(n => n.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        if (address.IsIPv4MappedToIPv6)
            return Is(address.MapToIPv4());
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(12, 4)));
        if (SixToFour.Contains(address))
            return Is(new IPAddress(bytes.AsSpan(2, 4)));
        return GlobalUnicast.Contains(address) && !SpecialV6.Any(n => n.Contains(address));
    }

    private static IPNetwork[] Networks(params IEnumerable<string> networks) => [.. networks.Select(n => IPNetwork.Parse(n))];
}
