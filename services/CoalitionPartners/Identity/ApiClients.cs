using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>A client that has shown that it is the one.</summary>
/// <param name="Partner">Whom it acts for; null for the coalition's operators.</param>
internal sealed record AuthenticatedClient(string ClientId, PartnerId? Partner, string? PartnerCode, IReadOnlyList<string> Scopes);

/// <summary>Finds the client behind an id and what was shown for it: a secret, or an assertion signed with its key.</summary>
internal sealed class ApiClients(DocumentStore store, ClientAssertions assertions, IConfiguration configuration, TimeProvider clock)
{
    /// <summary>What the operator client of the configuration may do: everything that is not a partner's own business, nor for a second person.</summary>
    public static readonly IReadOnlyList<string> OperatorScopes =
    [
        "partners.manage", "offers.manage", "offers.simulate", "customers.manage", "cards.manage", "accounts.manage", "rewards.manage", "ledger.goal",
        "ledger.transfer", "ledger.adjust", "ledger.read", "settlement.read",
        "checkpoints.make", "clearing.manage", "reconciliation.manage", "reconciliation.decide", "liability.manage",
    ];

    /// <summary>What the second operator's client may do: decide on what the first one has proposed.</summary>
    public static readonly IReadOnlyList<string> ApproverScopes =
    [
        "ledger.approve", "partners.approve", "clearing.manage", "reconciliation.manage", "reconciliation.decide", "liability.manage", "ledger.read",
        "settlement.read",
    ];

    // Nobody knows a secret with this hash. It stands in for a client that doesn't exist, so that both refusals cost the same.
    private static readonly string NoSecret = new('0', 64);

    private readonly ConfiguredClient[] configured =
    [
        ConfiguredClient.Of(configuration.GetSection("Operator"), "operator", OperatorScopes),
        ConfiguredClient.Of(configuration.GetSection("Approver"), "approver", ApproverScopes),
    ];

    /// <summary>The client, or null when the id is unknown, the client is revoked or what it shows is wrong: nobody learns which.</summary>
    public async Task<AuthenticatedClient?> Authenticate(TokenRequest request, CancellationToken ct)
    {
        if (configured.FirstOrDefault(c => c.Id == request.ClientId) is { } own)
            return ClientSecret.Matches(request.ClientSecret, own.SecretHash) ? new(own.Id, null, null, own.Scopes) : null;

        var code = request.ClientId.Split('.', 2)[0];
        var partner = (await store.Load<Partner>(Partner.IdOf(code).Value, ct))?.State;
        var client = partner?.Client(request.ClientId);
        var genuine = request.Assertion is { } assertion
            ? client is not null && await assertions.Accept(assertion, client, ct)
            : HasSecret(client, request.ClientSecret);
        return genuine ? new(client!.ClientId, partner!.Id, partner.Admission!.Code, client.Scopes) : null;
    }

    // As many comparisons for a client with one secret, or with none, as for one with two.
    private bool HasSecret(ApiClient? client, string secret)
    {
        var hashes = (client?.ValidSecrets(clock.GetUtcNow()) ?? []).Select(s => s.Hash).Concat([NoSecret, NoSecret]).Take(ApiClient.MostValid);
        return hashes.Aggregate(false, (found, hash) => found | ClientSecret.Matches(secret, hash));
    }

    /// <summary>A client of the coalition itself; without a secret nobody is it.</summary>
    private sealed record ConfiguredClient(string Id, string SecretHash, IReadOnlyList<string> Scopes)
    {
        public static ConfiguredClient Of(IConfigurationSection section, string usualId, IReadOnlyList<string> scopes) => new(
            section["ClientId"] is { Length: > 0 } id ? id : usualId,
            section["ClientSecret"] is { Length: > 0 } secret ? ClientSecret.Hash(secret) : NoSecret,
            scopes);
    }
}
