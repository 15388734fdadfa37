using System.Text.Json;
using Loyalty.Cli.Audit.Liability;

namespace Loyalty.Cli.Audit;

/// <summary>A lot as the audit counts it. Drained ones stay: points that are put back find theirs.</summary>
internal sealed class LotReplay(int number, Guid issuer, string purchase, long points)
{
    public int Number => number;

    public Guid Issuer => issuer;

    public string Purchase => purchase;

    public long Accrued { get; } = points;

    public long Remaining { get; set; } = points;

    public long Reserved { get; set; }

    /// <summary>How much of it has lapsed, and was not taken back since.</summary>
    public long Lapsed { get; set; }

    /// <summary>How much of it returns may still take back.</summary>
    public long Returnable { get; set; } = points;

    /// <summary>Whether it came from another account. What had become of its points there, a replay of this one doesn't know.</summary>
    public bool Came { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? ActivatesAt { get; init; }

    public bool Pending { get; set; }

    public long SlidesBy { get; init; }

    /// <summary>Which version of the issuer's agreement prices its points; 0 where the fact does not say.</summary>
    public int Agreement { get; init; }

    /// <summary>When they were accrued, wherever that was; null where the fact does not say.</summary>
    public DateTimeOffset? AccruedAt { get; init; }

    public Cohort Cohort => new(issuer, Cohort.VintageOf(AccruedAt), Agreement);

    /// <summary>How many of its points are counted as held.</summary>
    public long Counted { get; set; }

    public long Free => Remaining - Reserved;

    /// <param name="grant">A purchase, or one of its awards.</param>
    /// <param name="agreement">What prices it.</param>
    public static LotReplay Of(JsonElement grant, Guid issuer, string purchase, long agreement, DateTimeOffset accruedAt) => new(checked((int)grant.Number("Lot")), issuer, purchase, grant.Number("Points"))
    {
        Agreement = (int)agreement,
        AccruedAt = accruedAt,
        ExpiresAt = grant.TimeOrNone("ExpiresAt"),
        ActivatesAt = grant.TimeOrNone("ActivatesAt"),
        Pending = grant.Has("ActivatesAt"),
        SlidesBy = grant.NumberOrZero("SlidesBy"),
    };

    /// <summary>Points that came from another account, in a lot that begins with them.</summary>
    public static LotReplay Received(JsonElement origin, DateTimeOffset at) =>
        new(checked((int)origin.Number("Lot")), origin.Id("Issuer"), origin.Text("Purchase"), origin.Number("Accrued"))
        {
            ExpiresAt = origin.TimeOrNone("ExpiresAt"),
            ActivatesAt = origin.TimeOrNone("ActivatesAt"),
            Pending = origin.TimeOrNone("ActivatesAt") > at,
            SlidesBy = origin.NumberOrZero("SlidesBy"),
            Agreement = (int)origin.NumberOrZero("AgreementVersion"),
            AccruedAt = origin.TimeOrNone("AccruedAt"),
            Came = true,
        };

    public bool IsActiveAt(DateTimeOffset at) => !Pending || at >= ActivatesAt;

    /// <summary>At the very instant of its expiry it is gone.</summary>
    public bool HasLapsedAt(DateTimeOffset at) => at >= ExpiresAt;

    /// <summary>A sign of life puts its expiry off, unless it has lapsed or is drained.</summary>
    /// <param name="slid">Until when it does so, by how many months; facts of old don't say, and count months in UTC.</param>
    public void Slide(DateTimeOffset activity, DateTimeOffset now, IReadOnlyDictionary<long, DateTimeOffset> slid)
    {
        if (SlidesBy == 0 || Remaining == 0 || HasLapsedAt(now)) return;
        var until = slid.TryGetValue(SlidesBy, out var told) ? told : activity.AddMonths((int)SlidesBy);
        if (!(ExpiresAt >= until)) ExpiresAt = until;
    }
}

/// <summary>Points that a fact takes out of a lot or puts into it.</summary>
/// <param name="Accrued">How many the lot began with, wherever that was.</param>
internal readonly record struct DrawReplay(
    int Lot, Guid Issuer, string Purchase, int Agreement, DateTimeOffset? AccruedAt, DateTimeOffset? ExpiresAt, long Points, long Accrued)
{
    public static List<DrawReplay> Of(JsonElement fact) => [.. fact.Items("Draws").Select(draw =>
    {
        var from = draw.Part("From");
        return new DrawReplay(
            checked((int)from.Number("Lot")), from.Id("Issuer"), from.Text("Purchase"), (int)from.NumberOrZero("AgreementVersion"), from.TimeOrNone("AccruedAt"),
            from.TimeOrNone("ExpiresAt"), draw.Number("Points"), from.Number("Accrued"));
    })];
}
