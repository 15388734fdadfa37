using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>What kinds of transaction both books have.</summary>
internal static class TransactionKind
{
    public const string Purchase = "purchase";
    public const string Return = "return";
    public const string Redemption = "redemption";
    public const string RedemptionReversal = "redemption-reversal";
}

/// <summary>How two books differ in one transaction. It is stored by its name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DifferenceKind>))]
internal enum DifferenceKind
{
    /// <summary>The partner's book has it, ours has not.</summary>
    [JsonStringEnumMemberName("missing-here")]
    MissingHere,

    /// <summary>Ours has it, the partner's book has not.</summary>
    [JsonStringEnumMemberName("missing-there")]
    MissingThere,

    /// <summary>Both have it with different amounts, and perhaps different points.</summary>
    [JsonStringEnumMemberName("amount-differs")]
    AmountDiffers,

    /// <summary>Both have it with the same amount and different points.</summary>
    [JsonStringEnumMemberName("points-differ")]
    PointsDiffer,

    /// <summary>The partner's book has it once more.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,
}

/// <summary>What one book says of a transaction.</summary>
/// <param name="Amount">In minor units; null where no money moved at the till.</param>
/// <param name="Points">Null where the book tells none, which contradicts nothing.</param>
internal sealed record Entry(string TransactionId, long? Amount, long? Points, DateTimeOffset OccurredAt);

/// <summary>An entry of the partner's book, one of ours, or both where they are taken for one transaction.</summary>
/// <param name="Kind">Kind of transaction.</param>
/// <param name="Repeats">Whether the partner's entry repeats another one of its book.</param>
/// <param name="Ambiguous">Whether it could have been matched in more than one way, and therefore was not.</param>
internal sealed record Pair(string Kind, string? Currency, Entry? There, Entry? Here, bool Repeats = false, bool Ambiguous = false)
{
    /// <summary>Theirs less ours, in minor units.</summary>
    public long AmountDifference => (There?.Amount ?? 0) - (Here?.Amount ?? 0);

    /// <summary>Theirs less ours.</summary>
    public long PointsDifference => PointsThere - (Here?.Points ?? 0);

    /// <summary>The partner's points; where its entry tells none, it is taken to agree with ours.</summary>
    public long PointsThere => There is null ? 0 : There.Points ?? Here?.Points ?? 0;

    /// <summary>How they differ; null where they agree.</summary>
    public DifferenceKind? Difference => (There, Here) switch
    {
        (null, null) => throw new InvalidOperationException("A pair has at least one side."),
        ({ }, null) => Repeats ? DifferenceKind.Duplicate : DifferenceKind.MissingHere,
        (null, { }) => DifferenceKind.MissingThere,
        _ when AmountDifference != 0 => DifferenceKind.AmountDiffers,
        _ when PointsDifference != 0 => DifferenceKind.PointsDiffer,
        _ => null,
    };

    /// <summary>Whether the rule accepts the difference by itself. What one side lacks altogether it never does.</summary>
    public bool ToleratedBy(MatchingRule rule) => There is not null && Here is not null && rule.Tolerates(AmountDifference, PointsDifference);
}
