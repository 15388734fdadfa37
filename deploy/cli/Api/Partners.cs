namespace Loyalty.Cli.Api;

internal sealed record Store(string Code, string Name);

internal sealed record NewPartner(string Code, string Name, string Currency, IReadOnlyList<Store> Stores);

internal sealed record Terms(DateTimeOffset EffectiveFrom, decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice);

internal sealed record ApiClient(string ClientId, string ClientSecret);

/// <summary>The operator's side of CoalitionPartners.</summary>
internal sealed class Partners(ServiceClient service)
{
    /// <summary>Admits a partner, or finds it when it was admitted with the same particulars before.</summary>
    public async Task<Guid> Admit(NewPartner partner, CancellationToken ct) =>
        (await service.Post("v1/partners", partner, ct)).Read<Admitted>().PartnerId;

    public async Task Agree(Guid partner, Terms terms, CancellationToken ct) =>
        (await service.Post($"v1/partners/{partner}/agreements", terms, ct)).Read<object>();

    /// <summary>Registers an API client. Its secret is shown once, so when the answer was lost on the way the next name is taken.</summary>
    public async Task<ApiClient> Register(Guid partner, string name, IReadOnlyList<string> scopes, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await service.Post($"v1/partners/{partner}/clients", new { name = attempt == 1 ? name : $"{name}-{attempt}", scopes }, ct);
            if (reply.Code != "client-name-taken" || attempt == 5)
                return reply.Read<ApiClient>();
        }
    }

    public async Task<Settlement> Settlement(CancellationToken ct) => (await service.Get("v1/settlements", ct)).Read<Settlement>();

    private sealed record Admitted(Guid PartnerId);
}
