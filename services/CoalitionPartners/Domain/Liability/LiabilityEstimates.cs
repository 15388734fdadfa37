using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Liability;

/// <summary>A version of the estimates and what became of it.</summary>
internal sealed record EstimateVersion(EstimatesProposed Proposal, EstimatesApproved? Approval = null, EstimatesRejected? Rejection = null);

/// <summary>What operators expect of points, in every version that there ever was. There is one such stream.</summary>
internal sealed record LiabilityEstimates(Guid Id, IReadOnlyList<EstimateVersion> Versions) : IAggregate<LiabilityEstimates>
{
    public static readonly Guid Stream = new("3f8a9c1d-52e7-5b0a-9f46-7d1c2e8b4a60");

    private const int MostEstimates = 1_000;

    public static string Alias => "liability_estimates";

    public static LiabilityEstimates Initial(Guid streamId) => new(streamId, []);

    public EstimateVersion? Find(int version) => version >= 1 && version <= Versions.Count ? Versions[version - 1] : null;

    /// <summary>What is expected of an issuer's points in the books of a month: what the latest version that speaks of it says; null where none does.</summary>
    public (int Version, Estimate Estimate)? InForce(PartnerId issuer, Month month)
    {
        foreach (var (proposal, _, _) in Versions.Where(v => v.Approval is not null && v.Proposal.EffectiveFrom <= month)
            .OrderByDescending(v => v.Proposal.EffectiveFrom).ThenByDescending(v => v.Proposal.Version))
        {
            if ((proposal.Estimates.FirstOrDefault(e => e.Issuer == issuer) ?? proposal.Estimates.FirstOrDefault(e => e.Issuer is null)) is { } estimate)
                return (proposal.Version, estimate);
        }

        return null;
    }

    /// <summary>What was proposed last is left as it is when it is proposed again.</summary>
    /// <param name="closedThrough">The last month whose books are closed.</param>
    public Decision<EstimateFact> Propose(Month effectiveFrom, IReadOnlyList<Estimate> estimates, Month? closedThrough, string maker, DateTimeOffset at)
    {
        var exact = estimates.Select(e => e.Normalised()).ToList();
        if (Versions is [.., { Rejection: null } last] && last.Proposal.Says(effectiveFrom, exact))
            return Accept();
        if (estimates.Count is 0 or > MostEstimates || estimates.DistinctBy(e => e.Issuer).Count() < estimates.Count)
            return LiabilityRefusals.EstimateNotAllowed($"There are 1 to {MostEstimates} estimates, one for an issuer and one without issuer for the others.");
        if (estimates.Select(e => e.Refusal()).FirstOrDefault(r => r is not null) is { } refusal)
            return refusal;
        return effectiveFrom <= closedThrough
            ? LiabilityRefusals.EstimatesBackdated(closedThrough.Value)
            : Accept(new EstimatesProposed(Versions.Count + 1, effectiveFrom, exact, maker, at));
    }

    /// <summary>Nothing more happens when the same operator approves again.</summary>
    public Decision<EstimateFact> Approve(int version, Month? closedThrough, string checker, DateTimeOffset at)
    {
        if (Find(version) is not { } found)
            return LiabilityRefusals.EstimatesUnknown;
        if (checker == found.Proposal.Maker)
            return LiabilityRefusals.SamePerson;
        if (found.Rejection is not null || (found.Approval is { } approval && approval.Checker != checker))
            return LiabilityRefusals.Decided;
        if (found.Approval is not null)
            return Accept();
        return found.Proposal.EffectiveFrom <= closedThrough
            ? LiabilityRefusals.EstimatesBackdated(closedThrough.Value)
            : Accept(new EstimatesApproved(version, checker, at));
    }

    /// <summary>Nothing more happens when the same operator rejects again.</summary>
    public Decision<EstimateFact> Reject(int version, string checker, DateTimeOffset at)
    {
        if (Find(version) is not { } found)
            return LiabilityRefusals.EstimatesUnknown;
        if (checker == found.Proposal.Maker)
            return LiabilityRefusals.SamePerson;
        if (found.Approval is not null || (found.Rejection is { } rejection && rejection.Checker != checker))
            return LiabilityRefusals.Decided;
        return found.Rejection is not null ? Accept() : Accept(new EstimatesRejected(version, checker, at));
    }

    public LiabilityEstimates When(object @event) => @event switch
    {
        EstimatesProposed e => this with { Versions = [.. Versions, new(e)] },
        EstimatesApproved e => With(e.Version, v => v with { Approval = e }),
        EstimatesRejected e => With(e.Version, v => v with { Rejection = e }),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of the estimates."),
    };

    private LiabilityEstimates With(int version, Func<EstimateVersion, EstimateVersion> change) =>
        this with { Versions = [.. Versions.Select(v => v.Proposal.Version == version ? change(v) : v)] };

    private static Decision<EstimateFact> Accept(params IReadOnlyList<EstimateFact> facts) => Decision<EstimateFact>.Accept(facts);
}
