using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>A client that has shown its secret.</summary>
/// <param name="Partner">Whom it acts for; null for the coalition's operators.</param>
internal sealed record AuthenticatedClient(string ClientId, PartnerId? Partner, string? PartnerCode, IReadOnlyList<string> Scopes);

/// <summary>Finds the client behind an id and a secret.</summary>
internal sealed class ApiClients(DocumentStore store, IConfiguration configuration)
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

    /// <summary>The client, or null when the id is unknown, the client is revoked or the secret is wrong: nobody learns which.</summary>
    public async Task<AuthenticatedClient?> Authenticate(string clientId, string secret, CancellationToken ct)
    {
        if (configured.FirstOrDefault(c => c.Id == clientId) is { } own)
            return ClientSecret.Matches(secret, own.SecretHash) ? new(own.Id, null, null, own.Scopes) : null;

        var code = clientId.Split('.', 2)[0];
        var partner = (await store.Load<Partner>(Partner.IdOf(code).Value, ct))?.State;
        var client = partner?.Client(clientId);
        return ClientSecret.Matches(secret, client?.SecretHash ?? NoSecret) && client is { RevokedAt: null }
            ? new(client.ClientId, partner!.Id, partner.Admission!.Code, client.Scopes)
            : null;
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
