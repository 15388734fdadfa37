using System.Globalization;
using System.Net.Http.Json;
using System.Text;

namespace Loyalty.Testing;

/// <summary>RabbitMQ for this test process: <c>[assembly: AssemblyFixture(typeof(RabbitServer))]</c>.</summary>
public sealed class RabbitServer : PrivateServer
{
    private readonly int port;
    private readonly HttpClient api;
    private int hosts;

    /// <summary>A server that starts when its first virtual host is asked for.</summary>
    public RabbitServer() : this(FreePorts.Take(4))
    {
    }

    private RabbitServer(IReadOnlyList<int> ports) : base("rabbitmq.sh", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LOYALTY_RABBITMQ_PORT"] = FreePorts.Text(ports[0]),
        ["LOYALTY_RABBITMQ_API_PORT"] = FreePorts.Text(ports[1]),
        ["LOYALTY_RABBITMQ_DIST_PORT"] = FreePorts.Text(ports[2]),
        ["LOYALTY_RABBITMQ_EPMD_PORT"] = FreePorts.Text(ports[3]),
    })
    {
        port = ports[0];
        api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{FreePorts.Text(ports[1])}/api/") };
        api.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"loyalty:{Password}")));
    }

    /// <summary>A fresh virtual host; its name starts with <paramref name="name"/>.</summary>
    public async Task<VirtualHost> CreateVirtualHost(string name = "loyalty")
    {
        await Start();
        var host = string.Create(CultureInfo.InvariantCulture, $"{name}-{Interlocked.Increment(ref hosts)}");
        await Put($"vhosts/{host}", new { });
        await Permit(host, "loyalty", ".*", ".*", ".*");
        return new VirtualHost(this, host);
    }

    internal Uri UriOf(string user, string host) => new($"amqp://{user}:{Password}@127.0.0.1:{FreePorts.Text(port)}/{host}");

    internal async Task CreateUser(string host, string user, string configure, string write, string read)
    {
        await Put($"users/{user}", new { password = Password, tags = "" });
        await Permit(host, user, configure, write, read);
    }

    private Task Permit(string host, string user, string configure, string write, string read) =>
        Put($"permissions/{host}/{user}", new { configure, write, read });

    private Task Put(string path, object body) =>
        // The broker answers on AMQP a moment before its management interface does.
        Eventually.Holds(async () =>
        {
            using var answer = await api.PutAsJsonAsync(path, body);
            answer.EnsureSuccessStatusCode();
        });
}

/// <summary>A virtual host: a broker of its own to whoever connects to it.</summary>
public sealed class VirtualHost
{
    private readonly RabbitServer server;

    internal VirtualHost(RabbitServer server, string name)
    {
        this.server = server;
        Name = name;
        Uri = server.UriOf("loyalty", name);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where to connect as somebody who may do everything.</summary>
    public Uri Uri { get; }

    /// <summary>A user of this host with permissions as in production; answers where to connect as that user.</summary>
    public async Task<Uri> CreateUser(string service, string configure, string write, string read)
    {
        var user = $"{Name}-{service}";
        await server.CreateUser(Name, user, configure, write, read);
        return server.UriOf(user, Name);
    }
}
