using System.Text.Json;

namespace Loyalty.Cli.Api;

internal sealed record WhatIfQuestion(DateTimeOffset From, DateTimeOffset Until, JsonElement Offer, string? Replaces);

internal sealed record WhatIfProgress(long EventsRead, long EventsAbout, long Accounts, long Purchases);

internal sealed record ComparedPoints(long Recorded, long Rerated, long Difference);

internal sealed record WhatIfCost(decimal Amount, string Currency);

internal sealed record WhatIfPartner(
    Guid Partner, string? Code, ComparedPoints Points, IReadOnlyList<WhatIfCost> RecordedCost, IReadOnlyList<WhatIfCost> ReratedCost,
    IReadOnlyList<WhatIfCost> SettlementDifference, long UnpricedDifference);

internal sealed record WhatIfTier(string? Tier, long Purchases, ComparedPoints Points);

internal sealed record WhatIfOffer(string? Offer, long Grants, ComparedPoints Points, long? BeyondBudget);

internal sealed record WhatIfReport(
    long Members, long ChangedMembers, long Purchases, long ChangedPurchases, ComparedPoints Points, IReadOnlyList<WhatIfPartner> Partners,
    IReadOnlyList<WhatIfTier> Tiers, IReadOnlyList<WhatIfOffer> Offers, IReadOnlyList<string> Assumptions);

internal sealed record WhatIf(Guid Id, string State, WhatIfProgress Progress, string? Problem, WhatIfReport? Report)
{
    public bool HasEnded => State is not ("queued" or "running");
}

/// <summary>Asks PointsLedger what history would have earned under other rules.</summary>
internal sealed class WhatIfs(ServiceClient service)
{
    public async Task<WhatIf> Ask(WhatIfQuestion question, CancellationToken ct) => (await service.Post("v1/what-ifs", question, ct)).Read<WhatIf>();

    public async Task<WhatIf> Look(Guid id, CancellationToken ct) => (await service.Get($"v1/what-ifs/{id}", ct)).Read<WhatIf>();

    public async Task Cancel(Guid id, CancellationToken ct) => (await service.Delete($"v1/what-ifs/{id}", ct)).Read<WhatIf>();
}
