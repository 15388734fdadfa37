using System.Net;
using System.Net.Sockets;
using Loyalty.CoalitionPartners.Webhooks;

namespace Loyalty.CoalitionPartners.Tests.Webhooks;

public sealed class JudgingAddresses
{
    private const string Public = "93.184.216.34";

    [Theory]
    [InlineData("1.1.1.1"), InlineData(Public), InlineData("100.63.255.255"), InlineData("100.128.0.0"), InlineData("172.15.255.255"), InlineData("172.32.0.0")]
    [InlineData("192.0.1.0"), InlineData("198.17.255.255"), InlineData("198.20.0.0"), InlineData("223.255.255.255"), InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4016:80a::200e"), InlineData("::ffff:1.1.1.1"), InlineData("64:ff9b::101:101"), InlineData("2002:101:101::1")]
    public void takes_those_of_the_public_internet(string address) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("0.0.0.0"), InlineData("0.1.2.3"), InlineData("10.0.0.1"), InlineData("10.255.255.255"), InlineData("100.64.0.0"), InlineData("100.127.255.255")]
    [InlineData("127.0.0.1"), InlineData("127.255.255.254"), InlineData("169.254.169.254"), InlineData("172.16.0.1"), InlineData("172.31.255.255"), InlineData("192.0.0.192")]
    [InlineData("192.0.2.1"), InlineData("192.88.99.1"), InlineData("192.168.0.1"), InlineData("198.18.0.1"), InlineData("198.19.255.255"), InlineData("198.51.100.7")]
    [InlineData("203.0.113.9"), InlineData("224.0.0.1"), InlineData("239.255.255.255"), InlineData("240.0.0.1"), InlineData("255.255.255.255")]
    [InlineData("::"), InlineData("::1"), InlineData("::127.0.0.1"), InlineData("::ffff:127.0.0.1"), InlineData("::ffff:10.0.0.1"), InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::7f00:1"), InlineData("64:ff9b::a9fe:a9fe"), InlineData("64:ff9b:1::1"), InlineData("2002:7f00:1::"), InlineData("2002:a00:1::1")]
    [InlineData("100::1"), InlineData("2001::1"), InlineData("2001:2::1"), InlineData("2001:10::1"), InlineData("2001:db8::1"), InlineData("3fff::1"), InlineData("5f00::1")]
    [InlineData("fc00::1"), InlineData("fd12:3456:789a::1"), InlineData("fe80::1"), InlineData("fe80::1%2"), InlineData("fec0::1"), InlineData("ff02::1")]
    public void refuses_those_that_mean_something_here_only(string address) => PublicAddress.Is(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("https://127.0.0.1/"), InlineData("https://0x7f.1/"), InlineData("https://0177.0.0.1/"), InlineData("https://2130706433/"), InlineData("https://127.1/")]
    [InlineData("https://0/"), InlineData("https://[::1]/"), InlineData("https://[::ffff:127.0.0.1]/"), InlineData("https://[::ffff:7f00:1]/"), InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[fe80::1%25eth0]/"), InlineData("https://127.0.0.1./"), InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://localhost/"), InlineData("https://localhost./"), InlineData("https://127.0.0.1.nip.example/"), InlineData("https://①②⑦.0.0.1/")]
    [InlineData("http://hooks.example/"), InlineData("https://name@hooks.example/"), InlineData("https://name:word@hooks.example/"), InlineData("https://hooks.example/#here")]
    [InlineData("https://hooks.example:22/"), InlineData("https://hooks.example:8443/"), InlineData("ftp://hooks.example/"), InlineData("file:///etc/passwd"), InlineData("gopher://hooks.example/")]
    [InlineData("//hooks.example/"), InlineData("/etc/passwd"), InlineData(""), InlineData("https://"), InlineData("https://nowhere.example/"), InlineData("https://both.example/")]
    public async Task refuses_addresses_of_webhooks_that_lead_elsewhere(string url)
    {
        var (found, refusal) = await Addresses().Check(url, CancellationToken.None);
        found.ShouldBeNull();
        refusal!.Code.ShouldBe("webhook-address-not-allowed");
    }

    [Theory]
    [InlineData("https://hooks.example/loyalty?a=b", "https://hooks.example/loyalty?a=b"), InlineData("HTTPS://HOOKS.example:443", "https://hooks.example/")]
    [InlineData("https://hooks.example./x", "https://hooks.example./x"), InlineData("https://93.184.216.34/", "https://93.184.216.34/")]
    public async Task takes_addresses_of_webhooks_that_are_public(string url, string stored)
    {
        var (found, refusal) = await Addresses().Check(url, CancellationToken.None);
        refusal.ShouldBeNull();
        found!.AbsoluteUri.ShouldBe(stored);
    }

    [Fact]
    public async Task refuses_an_address_that_is_too_long() =>
        (await Addresses().Check("https://hooks.example/" + new string('a', 2000), CancellationToken.None)).Refusal!.Code.ShouldBe("webhook-address-not-allowed");

    [Fact]
    public async Task allows_other_ports_where_that_is_set() =>
        (await Addresses(WebhookSettings.Usual with { Ports = [443, 8443] }).Check("https://hooks.example:8443/", CancellationToken.None)).Refusal.ShouldBeNull();

    // Names as a name server of ours, or a hostile one, may have them.
    internal static WebhookAddresses Addresses(WebhookSettings? settings = null) => new(settings ?? WebhookSettings.Usual, (host, _) => host.TrimEnd('.') switch
    {
        "hooks.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse(Public)]),
        "localhost" or "127.0.0.1" or "127.0.0.1.nip.example" => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
        "both.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse(Public), IPAddress.Parse("10.0.0.7")]),
        _ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)),
    });
}
