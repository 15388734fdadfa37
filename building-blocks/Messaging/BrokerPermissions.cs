using System.Text.RegularExpressions;

namespace Loyalty.Messaging;

/// <summary>
/// What the RabbitMQ user of a service may do, as RabbitMQ's three regular expressions over the names of queues and exchanges.
/// <para>
/// Its own queues and their exchanges carry the service's name and a dot. To bind them it declares (configure) and reads the
/// exchanges of all contracts. It publishes (write) only its own contracts, and only under its own queues' names what it re-drives.
/// </para>
/// </summary>
/// <param name="Configure">What it may declare.</param>
/// <param name="Write">Where it may publish, and what it may bind to something.</param>
/// <param name="Read">What it may consume, and what it may bind something to.</param>
public sealed record BrokerPermissions(string Configure, string Write, string Read)
{
    private const string Contracts = "Loyalty.Contracts.";

    /// <summary>The permissions of a service, named as in <c>points-ledger</c>.</summary>
    public static BrokerPermissions Of(string service)
    {
        var own = Regex.Escape(service + ".") + ".*";
        var published = Regex.Escape(NamespaceOf(service) + ".") + ".*";
        var all = Regex.Escape(Contracts) + ".*";
        return new($"^({own}|{all})$", $"^({own}|{published})$", $"^({own}|{all})$");
    }

    internal static bool Owns(string service, Type contract) =>
        (contract.Namespace + ".").StartsWith(NamespaceOf(service) + ".", StringComparison.Ordinal);

    private static string NamespaceOf(string service) =>
        Contracts + string.Concat(service.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
