using System.Net;
using System.Net.Sockets;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>Finds the addresses of a name.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken ct);

/// <summary>An address that nothing may be sent to.</summary>
internal sealed class AddressNotAllowedException(string message) : Exception(message);

/// <summary>
/// Where webhooks may be sent: to the public Internet and nowhere else. Partners choose the addresses, and this service stands in a network
/// that they have no business in. A name is judged by all its addresses, when it is registered and again on every connection, which is made
/// to the very address that was judged: whatever a name server says in between changes nothing.
/// </summary>
internal sealed class WebhookAddresses(WebhookSettings settings, ResolveHost resolve)
{
    private const int LongestUrl = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The address as it is stored; a refusal of one that can't be a webhook's.</summary>
    public async Task<(Uri? Url, Refusal? Refusal)> Check(string text, CancellationToken ct)
    {
        if (text.Length > LongestUrl || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Host.Length == 0)
            return Refuse($"A webhook's address is an absolute URL of at most {LongestUrl} characters.");
        if (Fault(url) is { } fault)
            return Refuse(fault);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            await Resolve(url.IdnHost, limit.Token);
            return (url, null);
        }
        catch (AddressNotAllowedException e)
        {
            return Refuse(e.Message);
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Refuse($"The host '{url.Host}' can't be found. Send the address of one that can.");
        }

        static (Uri?, Refusal?) Refuse(string why) => (null, WebhookRefusals.Address(why));
    }

    /// <summary>Connects to a host, if nothing at all speaks against it.</summary>
    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var addresses = await Resolve(context.DnsEndPoint.Host, ct);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private string? Fault(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps && !(settings.AllowPrivate && url.Scheme == Uri.UriSchemeHttp))
            return "A webhook's address begins with https://.";
        if (url.UserInfo.Length > 0)
            return "A webhook's address holds no name and no password. What is sent is signed; check the signature.";
        if (url.Fragment.Length > 0)
            return "A webhook's address has no fragment: nothing after a '#' would be sent.";
        return settings.AllowPrivate || settings.Ports.Contains(url.Port)
            ? null
            : $"A webhook listens on port {string.Join(" or ", settings.Ports)}.";
    }

    private async Task<IPAddress[]> Resolve(string host, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await resolve(host, ct);
        if (addresses.Length == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        return settings.AllowPrivate || addresses.All(PublicAddress.Is)
            ? addresses
            : throw new AddressNotAllowedException($"The host '{host}' is not one of the public Internet. Send the address of one that is.");
    }
}
