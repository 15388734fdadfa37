using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>Points with one origin, as the simple ledger counts them.</summary>
internal sealed class SimpleLot
{
    public required int Number { get; init; }

    public required PartnerId Issuer { get; init; }

    public long Left { get; set; }

    public long Held { get; set; }

    public DateTimeOffset? Expires { get; set; }

    public DateTimeOffset? Starts { get; init; }

    public bool Waits { get; set; }

    public int SlidesBy { get; init; }

    public SimplePurchase? Purchase { get; init; }

    public long Free => Left - Held;

    public bool Lives(DateTimeOffset at) => !(Waits && at < Starts) && !(at >= Expires);
}

/// <summary>Points taken out of a lot or held in it, and when the lot was to expire then.</summary>
internal sealed record SimpleTake(SimpleLot From, DateTimeOffset? Expires, long Points);

internal sealed class SimpleHold
{
    public required TransactionId Id { get; init; }

    public required PartnerId Partner { get; init; }

    public required string Card { get; init; }

    public required List<SimpleTake> Takes { get; set; }

    public required DateTimeOffset Until { get; init; }

    public bool Open { get; set; } = true;

    public long Held => Takes.Sum(t => t.Points);
}

internal sealed class SimpleRedemption
{
    public required TransactionId Id { get; init; }

    public required PartnerId Partner { get; init; }

    public required List<SimpleTake> Takes { get; init; }

    public bool Undone { get; set; }
}

/// <summary>Points that a rule gave for certain lines, or for everything.</summary>
internal sealed record SimpleAward(int Lot, string? Offer, long Points, long Cents, int[]? Lines);

internal sealed class SimplePurchase
{
    public required TransactionId Id { get; init; }

    public required PartnerId Partner { get; init; }

    public required decimal Rate { get; init; }

    public required long Cents { get; init; }

    public required long Kept { get; set; }

    public required long[] KeptLines { get; set; }

    /// <summary>The base points first.</summary>
    public required List<SimpleAward> Awards { get; init; }

    public required int Month { get; init; }

    public Dictionary<int, long> Lapsed { get; } = [];

    public bool Gone { get; set; }
}

/// <summary>What counts towards a tier.</summary>
internal sealed class SimpleDeed
{
    public required int Month { get; init; }

    public required SimplePurchase Purchase { get; init; }

    public decimal Points { get; set; }

    public decimal Spend { get; set; }

    public bool Visit { get; set; } = true;
}
