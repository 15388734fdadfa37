using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>Short words for programmes and for what happens under them.</summary>
internal static class GivenRules
{
    public static readonly ProgrammeRules Programme = ProgrammeRules.None with { Version = 1, Zone = Vienna };

    public static Rules Under(ProgrammeRules programme, params Offer[] offers) => new(
        programme, [.. offers], Vienna, MemberProfile.Unknown, ImmutableDictionary<PartnerId, int>.Empty.Add(Grocery, 1).Add(Fuel, 4));

    public static Decision<IAccountFact> Buy(
        this Account account, string id, decimal amount, Rules rules, DateTimeOffset? at = null, Receipt? receipt = null, PartnerId? partner = null) =>
        account.Accrue(By(partner ?? Grocery, id, at ?? Noon), Store, AnnasCard, Eur(amount), OnePerEuro, receipt, rules);

    public static Account Bought(this Account account, string id, decimal amount, Rules rules, DateTimeOffset? at = null, PartnerId? partner = null) =>
        account.After(account.Buy(id, amount, rules, at, partner: partner));

    public static Account Bought(this Account account, string id, decimal amount, Rules rules, DateTimeOffset at, out PointsAccrued purchase)
    {
        var facts = account.Buy(id, amount, rules, at).Facts();
        purchase = facts.OfType<PointsAccrued>().Single();
        return account.Fold(facts);
    }

    public static IReadOnlyList<IAccountFact> Lapse(this Account account, DateTimeOffset at) => account.Lapse(at, Programme);

    public static Account LapsedTo(this Account account, DateTimeOffset at) => account.LapsedTo(at, Programme);
}
