using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Reconciling;

/// <summary>When a line of a partner's book and a transaction of ours are taken for one, and how much they may differ before somebody must decide.</summary>
/// <param name="TimeSeconds">How far apart in time, where they are matched by card.</param>
/// <param name="AmountMinor">Difference in minor units that is accepted by itself, and that a match by card may have.</param>
/// <param name="Points">The same in points.</param>
/// <param name="ByCard">Whether what has no partner by its id is matched by card, kind, amount and time.</param>
internal sealed record MatchingRule(int TimeSeconds, long AmountMinor, long Points, bool ByCard)
{
    /// <summary>What holds as long as nobody has published a rule: five minutes, and no difference.</summary>
    public static readonly MatchingRule Usual = new(300, 0, 0, ByCard: true);

    /// <summary>Whether nobody needs to decide on a pair that differs by so much.</summary>
    public bool Tolerates(long amount, long points) => Math.Abs(amount) <= AmountMinor && Math.Abs(points) <= Points;
}

/// <summary>A fact of the rule's stream. Its members are storage format: see Storage/StoredEvents.cs before renaming one.</summary>
/// <param name="Maker">The operator's client.</param>
internal sealed record MatchingRulePublished(int Version, MatchingRule Rule, string Maker, DateTimeOffset PublishedAt);

/// <summary>All versions of the coalition's matching rule. A reconciliation is pinned to one of them.</summary>
internal sealed record MatchingRules(IReadOnlyList<MatchingRulePublished> Versions) : IAggregate<MatchingRules>
{
    public static readonly Guid Stream = new("6d0c2f4e-8a53-4a0c-b0a7-3e0c4b1f7a21");

    public static string Alias => "matching_rules";

    /// <summary>The version that holds now; 0 where none was published.</summary>
    public int Version => Versions.Count;

    public static MatchingRules Initial(Guid streamId) => new([]);

    /// <summary>A version's rule; null where there is no such version.</summary>
    public MatchingRule? Find(int version) => version == 0 ? MatchingRule.Usual : Versions.FirstOrDefault(v => v.Version == version)?.Rule;

    /// <summary>The rule that holds changes nothing when it is published again.</summary>
    public Decision<MatchingRulePublished> Publish(MatchingRule rule, string maker, DateTimeOffset at) => Versions is [.., var last] && last.Rule == rule
        ? Decision<MatchingRulePublished>.Accept()
        : Decision<MatchingRulePublished>.Accept(new MatchingRulePublished(Version + 1, rule, maker, at));

    public MatchingRules When(object @event) => @event switch
    {
        MatchingRulePublished e => this with { Versions = [.. Versions, e] },
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of the matching rule."),
    };
}
