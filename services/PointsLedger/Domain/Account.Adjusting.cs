using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;

namespace Loyalty.PointsLedger.Domain;

/// <summary>Two operators have corrected the account: points were granted in a lot of their own, or taken.</summary>
/// <param name="Adjustment">Their adjustment.</param>
/// <param name="Issuer">The partner whose points they are.</param>
/// <param name="AgreementVersion">The issuer's agreement that prices them.</param>
/// <param name="Points">Below zero where points were taken, those included that became debt.</param>
/// <param name="Reason">One of <see cref="AdjustmentReasons"/>.</param>
/// <param name="Maker">The operator who proposed it.</param>
/// <param name="Checker">The operator who approved it.</param>
internal sealed record PointsAdjusted(
    Guid Adjustment, PartnerId Issuer, int AgreementVersion, Points Points, string Reason, string Maker, string Checker,
    DateTimeOffset OccurredAt, DateTimeOffset RecordedAt) : IDatedFact
{
    /// <summary>The number of the lot that was granted; 0 where points were taken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Lot { get; init; }

    /// <summary>When granted points lapse; null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SlidesBy { get; init; }

    /// <summary>The lots that points were taken from.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<Draw>? Draws { get; init; }

    /// <summary>How many of the points to be taken were not there and are owed now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Points Debt { get; init; }

    [JsonIgnore]
    public bool Grants => Points > Points.Zero;

    /// <summary>What stands in the place of a purchase's id.</summary>
    public static TransactionId IdOf(Guid adjustment) => TransactionId.From($"adjustment:{adjustment}");
}

/// <summary>Adjusting: what two operators agree on is granted by, or taken back from, one issuer.</summary>
internal sealed partial record Account
{
    /// <summary>
    /// Takes from the issuer's points alone, the earliest expiry first; what it has none of any more becomes debt, as if it had been
    /// spent. So no issuer pays for another's correction.
    /// </summary>
    public Decision<IAccountFact> Adjust(AdjustmentProposed proposal, string checker, int agreementVersion, DateTimeOffset at, ProgrammeRules programme)
    {
        if (!Opened || Closed) return AdjustmentRefusals.UnknownAccount;
        if (MergedInto is not null) return Refusals.AccountMerged;
        var adjusted = new PointsAdjusted(
            proposal.Adjustment, proposal.Issuer, agreementVersion, proposal.Points, proposal.Reason, proposal.Maker, checker, at, at);
        if (!adjusted.Grants)
        {
            var (wanted, theirs) = (proposal.Points.Size(), Lots.Where(lot => lot.From.Issuer == proposal.Issuer).ToImmutableArray());
            var draws = theirs.Draw(Points.Min(wanted, theirs.Where(lot => lot.LivesAt(at)).Sum(lot => lot.Free())), at)!.Value;
            return Accept(adjusted with { Draws = draws, Debt = wanted - draws.Sum(d => d.Points) });
        }

        adjusted = adjusted with { Lot = LastLot + 1, ExpiresAt = programme.Expiry.From(at, programme.Zone), SlidesBy = programme.Expiry.SlidesBy };
        // It is this adjustment that pays off what the member owes.
        var by = new Transaction(proposal.Issuer, PointsAdjusted.IdOf(proposal.Adjustment), at, at);
        return AcceptAndRepay(by, [new(Of(adjusted), adjusted.Points)], adjusted);
    }

    private Account Adjusted(PointsAdjusted e) => e.Grants
        ? this with { LastLot = e.Lot, Lots = Lots.Add(Of(e)) }
        : this with { Lots = Lots.Spend(e.Draws ?? []), Debt = Debt + e.Debt };

    private static Provenance Of(PointsAdjusted e) =>
        new(e.Lot, e.Issuer, PointsAdjusted.IdOf(e.Adjustment), e.AgreementVersion, e.Points, e.ExpiresAt) { SlidesBy = e.SlidesBy, AccruedAt = e.OccurredAt };
}
