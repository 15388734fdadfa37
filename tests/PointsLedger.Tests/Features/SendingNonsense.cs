using Loyalty.Testing;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

/// <summary>On a ledger of its own, because some nonsense makes sense.</summary>
public sealed class SendingNonsense(PostgresServer postgres, RabbitServer rabbit) : IAsyncLifetime
{
    private static readonly string[] PartnersScopes = ["ledger.post", "ledger.redeem", "ledger.read", "ledger.backdate", "settlement.read"];

    private static readonly string[] OperatorsScopes =
    [
        "ledger.read", "ledger.transfer", "ledger.adjust", "ledger.approve", "ledger.goal", "accounts.manage", "settlement.read", "rewards.manage", "offers.simulate", "checkpoints.make",
    ];

    private readonly RunningLedger ledger = new(postgres, rabbit);

    public ValueTask InitializeAsync() => ledger.InitializeAsync();

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    [Fact]
    public async Task never_gets_an_error_of_the_server()
    {
        var member = await ledger.EnrolWith(10);
        using var client = new HttpClient { BaseAddress = ledger.Url };
        var tokens = new[] { ledger.Tokens.Operator(OperatorsScopes), ledger.Tokens.Partner(ledger.Grocery.Id, ledger.Grocery.Code, PartnersScopes) };

        var (failed, sent) = await new Nonsense(client, tokens, [ledger.Grocery.Id.ToString(), member.Card, member.Id.ToString()]).SendAll();

        sent.ShouldBeGreaterThan(2_000);
        failed.ShouldBeEmpty();
    }
}
