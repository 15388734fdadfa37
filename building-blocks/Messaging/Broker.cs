using MassTransit;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Loyalty.Messaging;

/// <summary>Where RabbitMQ is and who we are there: <c>Broker:Uri</c>, <c>amqp://user:password@host:port/vhost</c>.</summary>
internal sealed class Broker
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConnectionFactory factory;

    // Whoever uses a connection rebuilds it when it breaks: a recovered channel does not know which confirms it lost.
    public Broker(Uri uri) => factory = new ConnectionFactory
    {
        Uri = uri,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = Heartbeat,
        RequestedConnectionTimeout = Patience,
        ContinuationTimeout = Patience,
    };

    public static Broker From(IConfiguration configuration) => new(Uri.TryCreate(configuration["Broker:Uri"], UriKind.Absolute, out var uri)
        ? uri
        : throw new InvalidOperationException("Broker:Uri is not set. Give amqp://user:password@host:port/vhost."));

    /// <summary>A connection that shows up in RabbitMQ under <paramref name="name"/>.</summary>
    public Task<IConnection> Connect(string name, CancellationToken ct) =>
        Deadline.Within(2 * Patience, "Connecting to RabbitMQ", token => factory.CreateConnectionAsync(name, token), ct);

    /// <summary>Closes a connection without waiting for it: the client can hang for ever in closing one that has broken.</summary>
    public static void Leave(IConnection connection) =>
        _ = Deadline.Within(2 * Patience, "Closing a connection", async _ => await connection.DisposeAsync(), CancellationToken.None).ContinueWith(
            t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Leads a bus to the same place.</summary>
    public void Host(IRabbitMqBusFactoryConfigurator bus, string name)
    {
        bus.Host(factory.HostName, (ushort)factory.Endpoint.Port, factory.VirtualHost, name, host =>
        {
            host.Username(factory.UserName);
            host.Password(factory.Password);
            host.PublisherConfirmation = true;
            host.Heartbeat(Heartbeat);
            host.RequestedConnectionTimeout(Patience);
            host.ContinuationTimeout(Patience);
            if (factory.Ssl.Enabled)
                host.UseSsl(ssl => ssl.ServerName = factory.HostName);
        });

        // A contract that lacks a member is a message not understood, not one with an empty member.
        bus.ConfigureJsonSerializerOptions(json =>
        {
            json.RespectRequiredConstructorParameters = true;
            return json;
        });
    }
}
