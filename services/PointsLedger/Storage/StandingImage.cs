using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Domain.Offers;
using static Loyalty.PointsLedger.Storage.AccountImage;

namespace Loyalty.PointsLedger.Storage;

/// <summary>What rules remember of a member, as a part of <see cref="AccountImage"/>. It mostly is empty, which takes a byte.</summary>
internal static class StandingImage
{
    public static void Write(BinaryWriter to, Account account)
    {
        to.Write(account.Fraction != 0);
        if (account.Fraction != 0) to.Write(account.Fraction);
        to.Write7BitEncodedInt(account.Visits.Length);
        foreach (var visits in account.Visits) Write(to, visits);
        to.Write7BitEncodedInt(account.Uses.Length);
        foreach (var use in account.Uses)
        {
            Names.Write(to, use.Offer);
            Names.Write(to, use.Window);
            to.Write7BitEncodedInt(use.Times);
            to.Write7BitEncodedInt64(use.Points.Value);
        }

        Write(to, account.Tier);
        to.Write7BitEncodedInt(account.Months.Length);
        foreach (var month in account.Months) Write(to, month);
        Names.Write(to, account.Goal?.Reward ?? "");
        if (account.Goal is { } goal) to.Write7BitEncodedInt64(goal.Cost.Value);
    }

    public static Account Read(BinaryReader from, Account account) => account with
    {
        Fraction = from.ReadBoolean() ? from.ReadDecimal() : 0,
        Visits = ReadAll(from, ReadVisits),
        Uses = ReadAll(from, static from => new OfferUse(Names.Read(from), Names.Read(from), from.Read7BitEncodedInt(), new(from.Read7BitEncodedInt64()))),
        Tier = ReadTier(from),
        Months = ReadAll(from, ReadMonth),
        Goal = Text(from) is { } reward ? new(reward, new(from.Read7BitEncodedInt64())) : null,
    };

    private static void Write(BinaryWriter to, PartnerVisits visits)
    {
        Partners.Write(to, visits.Partner.Value);
        to.Write7BitEncodedInt(visits.Count);
        to.Write7BitEncodedInt(visits.Recent.Length);
        foreach (var visit in visits.Recent)
        {
            to.Write7BitEncodedInt(visit.Purchase);
            AccountImage.Write(to, visit.At);
        }
    }

    private static PartnerVisits ReadVisits(BinaryReader from) => new(
        new(Partners.Read(from)), from.Read7BitEncodedInt(), ReadAll(from, static from => new Visit(from.Read7BitEncodedInt(), ReadTime(from)!.Value)));

    private static void Write(BinaryWriter to, TierStanding? tier)
    {
        Names.Write(to, tier?.Id ?? "");
        if (tier is null) return;
        AccountImage.Write(to, tier.CheckAt);
        to.Write(tier.Announced is not null);
        if (tier.Announced is not { } announced) return;
        Names.Write(to, announced.To ?? "");
        Names.Write(to, announced.Reason);
        AccountImage.Write(to, announced.EffectiveAt);
    }

    private static TierStanding? ReadTier(BinaryReader from) => Names.Read(from) is not { Length: > 0 } id
        ? null
        : new(id, ReadTime(from), from.ReadBoolean() ? new(Text(from), Names.Read(from), ReadTime(from)!.Value) : null);

    private static void Write(BinaryWriter to, MonthActivity month)
    {
        to.Write7BitEncodedInt(month.Month);
        to.Write7BitEncodedInt64(month.Points.Value);
        to.Write(month.Spend);
        to.Write7BitEncodedInt(month.Visits.Length);
        foreach (var visits in month.Visits)
        {
            Partners.Write(to, visits.Partner.Value);
            to.Write7BitEncodedInt(visits.Count);
        }
    }

    private static MonthActivity ReadMonth(BinaryReader from) => new(
        from.Read7BitEncodedInt(), new(from.Read7BitEncodedInt64()), from.ReadDecimal(),
        ReadAll(from, static from => new MonthVisits(new(Partners.Read(from)), from.Read7BitEncodedInt())));

    private static string? Text(BinaryReader from) => Names.Read(from) is { Length: > 0 } text ? text : null;
}
