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

    /// <summary>Publishes an offer, a document after the schema of offers.</summary>
    public async Task Publish(string offer, object document, CancellationToken ct) => (await service.Put($"v1/offers/{offer}", document, ct)).Read<object>();

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

    /// <summary>The settlement of all months, page after page.</summary>
    public async Task<Settlement> Settlement(CancellationToken ct)
    {
        var (lines, coalition) = (new List<SettlementLine>(), new List<CoalitionLine>());
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await service.Get($"v1/settlements?limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", ct)).Read<Page>();
            foreach (var month in page.Settlement)
            {
                lines.AddRange(month.Partners.Select(p => new SettlementLine(
                    p.Code, p.Name, month.Month, month.Currency, p.PointsIssued, p.PointsRedeemed, p.Owes.Value, p.Owed.Value, p.Net.Value)));
                coalition.Add(new CoalitionLine(month.Month, month.Currency, month.Coalition.Net.Value, month.Total.Value));
            }

            cursor = page.Next;
        }

        return new Settlement(lines, coalition);
    }

    private sealed record Admitted(Guid PartnerId);

    private sealed record Page(IReadOnlyList<MonthOfAll> Settlement, string? Next);

    private sealed record MonthOfAll(string Month, string Currency, IReadOnlyList<MonthOfOne> Partners, Own Coalition, Amount Total);

    private sealed record MonthOfOne(string Code, string Name, long PointsIssued, long PointsRedeemed, Amount Owes, Amount Owed, Amount Net);

    private sealed record Own(Amount Net);
}
