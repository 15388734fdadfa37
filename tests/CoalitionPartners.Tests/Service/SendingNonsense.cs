using Loyalty.CoalitionPartners.Domain;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

/// <summary>On a service of its own, because some nonsense makes sense.</summary>
public sealed class SendingNonsense(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private readonly TheService service = new(postgres, rabbit);

    public ValueTask InitializeAsync() => service.InitializeAsync();

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task never_gets_an_error_of_the_server()
    {
        var (partner, _) = await service.Admit();
        var token = await service.PartnerToken(partner, [.. Partner.GrantableScopes]);
        string[] known = [partner.ToString(), PrepaidAccount.IdOf(new(partner)).ToString(), Programme.Stream.ToString()];

        var (failed, sent) = await new Nonsense(service.Client, [service.Operator, token], known).SendAll();

        sent.ShouldBeGreaterThan(5_000);
        failed.ShouldBeEmpty();
    }
}
