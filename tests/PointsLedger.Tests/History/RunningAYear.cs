using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Tests.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;
using static Loyalty.PointsLedger.Tests.Domain.Offers.GivenOffers;

namespace Loyalty.PointsLedger.Tests.History;

/// <summary>A year of real households with expiry, tiers and three offers on, against a calculation by hand.</summary>
public class RunningAYear(ITestOutputHelper output)
{
    /// <summary>Categories of the dairy offer.</summary>
    internal static readonly FrozenSet<string> Dairy = Set("FLUID MILK PRODUCTS", "CHEESE", "YOGURT", "EGGS", "MILK BY-PRODUCTS");

    // Six hours behind UTC all the year, so that whoever reckons by hand need not mind the clocks.
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Etc/GMT+6");
    private static readonly Terms PointPerDollar = new(1, Currency.From("USD"), 1m);

    private static readonly ProgrammeRules Programme = ProgrammeRules.None with
    {
        Version = 1,
        Zone = Zone,
        Expiry = new(ExpiryKind.Rolling, 2),
        Tiers = [new("silver", "Silver", P(100), null, null, null, 1), new("gold", "Gold", P(200), null, null, null, 1.25m)],
        Window = new(TierWindowKind.Rolling, 3, 0),
    };

    [Fact]
    public void comes_to_what_is_worked_out_by_hand_for_every_household()
    {
        var households = CompleteJourney.Households(TestData.Folder("complete-journey"));
        var partners = households.SelectMany(h => h).Select(d => d.Partner).Distinct().Order(StringComparer.Ordinal)
            .Select((name, i) => (name, Id: new PartnerId(new Guid(i + 1, 0, 0, new byte[8])))).ToDictionary(p => p.name, p => p.Id);
        var rules = Under(partners);
        var end = new DateTime(2017, 12, 31, 23, 59, 59);

        var total = new Year(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);
        var tiers = new Dictionary<string, int> { [""] = 0, ["silver"] = 0, ["gold"] = 0 };
        foreach (var household in households)
        {
            var year = Lived(household, partners, rules, end);
            year.ShouldBe(YearByHand.Of(household, end), $"household {household[0].Household}");
            total = Sum(total, year);
            tiers[year.Tier ?? ""]++;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{households.Count} households, {households.Sum(h => h.Count)} purchases and coupons: {total}, silver {tiers["silver"]}, gold {tiers["gold"]}"));
        new[] { total.Base, total.Doubled, total.Dairy, total.Fifth, total.Gold, total.TakenBack, total.Redeemed, total.Refused, total.Expired, total.Balance, tiers["silver"], tiers["gold"] }
            .ShouldAllBe(sum => sum > 0, "the year has something of everything");
        (total.Base + total.Doubled + total.Dairy + total.Fifth + total.Gold).ShouldBe(total.TakenBack + total.Redeemed + total.Expired + total.Balance);
    }

    private static Year Lived(List<Doing> doings, Dictionary<string, PartnerId> partners, Rules rules, DateTime end)
    {
        var (account, facts, refused, purchases) = (Anna, new List<IAccountFact>(), 0, 0);
        foreach (var doing in doings)
        {
            var by = new Transaction(partners[doing.Partner], TransactionId.From($"t{facts.Count}"), Instant(doing.At), Instant(doing.At));
            if (doing.IsCoupon)
            {
                var spent = account.LapsedTo(by.RecordedAt, Programme).Redeem(by, Store, AnnasCard, P(100), 1, rules);
                if (spent is Decision<IAccountFact>.Refused) refused++;
                else Happen(by, a => spent);
                continue;
            }

            Receipt receipt = new([.. doing.Lines.Select(l => new ReceiptLine(null, l.Category, Usd(l.Cents)))], null, null, []);
            var accrued = Happen(by, a => a.Accrue(by, Store, AnnasCard, Usd(doing.Cents), PointPerDollar, receipt, rules)).OfType<PointsAccrued>().Single();
            var back = by with { Id = TransactionId.From($"{by.Id}-back") };
            purchases++;
            if (purchases % 25 == 0)
                Happen(back, a => a.Reverse(back, Purchase.From([accrued]), Programme));
            else if (purchases % 10 == 0 && doing.Lines.Count > 1 && doing.Lines[0].Cents is > 0 and var cents)
                Happen(back, a => a.Return(back, Purchase.From([accrued]), Usd(cents), [new(0, Usd(cents))], Programme));
        }

        account = account.Fold(Lapse(Instant(end)));
        return new(
            facts.OfType<PointsAccrued>().Sum(e => e.Points).Value, Of("double"), Of("dairy"), Of("fifth"), Of("tier:gold"),
            facts.OfType<PurchaseReversed>().Sum(e => e.Taken()).Value, facts.OfType<PointsRedeemed>().Sum(e => e.Points).Value, refused,
            facts.OfType<PointsExpired>().Sum(e => e.Points).Value, account.Balance(Instant(end)).Value, account.Tier?.Id);

        IReadOnlyList<IAccountFact> Happen(Transaction by, Func<Account, Decision<IAccountFact>> decide)
        {
            account = account.Fold(Lapse(by.RecordedAt));
            var news = decide(account).Facts();
            facts.AddRange(news);
            account = account.Fold(news);
            return news;
        }

        IReadOnlyList<IAccountFact> Lapse(DateTimeOffset at)
        {
            var lapsed = account.Lapse(at, Programme);
            facts.AddRange(lapsed);
            return lapsed;
        }

        long Of(string offer) => facts.OfType<PointsAccrued>().SelectMany(e => e.Awards ?? []).Where(a => a.Offer == offer).Sum(a => a.Points).Value;
    }

    private static Rules Under(Dictionary<string, PartnerId> partners) => new(
        Programme,
        [
            Times("double", 2).If(w => w with { RepeatWithinDays = 4 }) with { Priority = 1 },
            (Plain with { Id = "dairy", Priority = 2, Give = new Grant.PerUnit(0.5m) }).On([.. Dairy]),
            Bonus("fifth", 25, priority: 3).If(w => w with { Partners = Set(partners["GROCERY"]), Nth = new(5, Every: true) }) with { Expiry = new(ExpiryKind.EndOfMonth, 1) },
        ],
        Zone, MemberProfile.Unknown, partners.Values.ToImmutableDictionary(id => id, _ => 1));

    private static Year Sum(Year a, Year b) => new(
        a.Base + b.Base, a.Doubled + b.Doubled, a.Dairy + b.Dairy, a.Fifth + b.Fifth, a.Gold + b.Gold, a.TakenBack + b.TakenBack, a.Redeemed + b.Redeemed,
        a.Refused + b.Refused, a.Expired + b.Expired, a.Balance + b.Balance, null);

    private static DateTimeOffset Instant(DateTime local) => new DateTimeOffset(local, TimeSpan.FromHours(-6)).ToUniversalTime();

    private static Money Usd(long cents) => new(cents, Currency.From("USD"));
}
