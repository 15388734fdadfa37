using Loyalty.Testing;

namespace Loyalty.Customers.Tests.Features;

/// <summary>On a service of its own, because some nonsense makes sense.</summary>
public sealed class SendingNonsense(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private readonly CustomersService service = new(postgres, rabbit);

    public ValueTask InitializeAsync() => service.InitializeAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task never_gets_an_error_of_the_server()
    {
        var known = (await service.Enrolled()).ToString();

        var (failed, sent) = await new Nonsense(service.Client, [service.Client.DefaultRequestHeaders.Authorization!.Parameter!], [Guid.NewGuid().ToString(), known]).SendAll();

        sent.ShouldBeGreaterThan(200);
        failed.ShouldBeEmpty();
    }
}
