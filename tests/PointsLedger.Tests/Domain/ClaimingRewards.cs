using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class ClaimingRewards
{
    private static readonly RewardClaim Headphones = Samples.Headphones;
    private readonly Account rich = Anna.Accrued("b1", 800);

    [Fact]
    public void spends_its_cost_on_it()
    {
        var redeemed = rich.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones, P(500), 1).Only<PointsRedeemed>();
        (redeemed.Points, redeemed.Claim, redeemed.Redeemer()).ShouldBe((P(500), Headphones, Grocery));
        rich.After(rich.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones, P(500), 1)).Balance().ShouldBe(P(300));
    }

    [Fact]
    public void is_refused_as_any_spending_is() => rich.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones, P(801), 1).ShouldBeRefused("insufficient-points");

    [Fact]
    public void ends_saving_for_it()
    {
        var saver = rich.After(rich.ChooseGoal("headphones", 2, P(500), Noon));
        var facts = saver.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones, P(500), 1).Facts();
        facts[1].ShouldBe(new GoalDropped("headphones", "claimed", Noon, Noon));
        saver.Fold(facts).Goal.ShouldBeNull();
        saver.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones with { Reward = "bag" }, P(500), 1).Only<PointsRedeemed>();
    }

    [Fact]
    public void can_be_reversed_until_its_voucher_is_redeemed()
    {
        var claimed = rich.Claim(By(Fuel, "c1"), Store, AnnasCard, Headphones, P(500), 1).Only<PointsRedeemed>();
        var after = rich.Fold([claimed]);
        after.Reverse(By(Fuel, "u1"), Redemption.From([claimed])).Only<RedemptionReversed>().Claim.ShouldBe(Headphones);

        var handedOut = new VoucherRedeemed(By(Grocery, "v1"), Store, "headphones", Headphones.Voucher);
        after.Fold([handedOut]).Reverse(By(Fuel, "u1"), Redemption.From([claimed, handedOut])).ShouldBeRefused("voucher-redeemed");
        after.Reverse(By(Fuel, "u1"), Redemption.From([claimed, handedOut with { Voucher = Guid.Empty }])).Only<RedemptionReversed>();
    }

    [Fact]
    public void hands_it_out_once_before_the_instant_its_voucher_lapses()
    {
        var voucher = new Voucher(Headphones.Voucher, "headphones", AnnasAccount, Redeemed: false, ExpiresAt: Noon);
        rich.HandOut(By(Grocery, "v1", Noon.AddTicks(-1)), Store, voucher).Only<VoucherRedeemed>().Voucher.ShouldBe(Headphones.Voucher);
        rich.HandOut(By(Grocery, "v1", Noon), Store, voucher).ShouldBeRefused("voucher-expired");
        rich.HandOut(By(Grocery, "v1", Noon), Store, voucher with { ExpiresAt = null }).Only<VoucherRedeemed>();
        rich.HandOut(By(Grocery, "v1", Noon), Store, voucher with { Redeemed = true }).ShouldBeRefused("voucher-already-redeemed");
    }

    [Fact]
    public void gives_codes_that_tell_when_they_are_misread()
    {
        var code = VoucherCode.From([1, 20, 31, 7, 9, 0, 255, 13, 77, 18, 5, 200, 99, 64, 3]);
        code.Length.ShouldBe(16);
        VoucherCode.Read(code).ShouldBe(code);
        VoucherCode.Read($" {code[..4].ToLowerInvariant()}-{code[4..].Replace('0', 'o').Replace('1', 'l')}").ShouldBe(code);
        for (var i = 0; i < code.Length; i++)
            VoucherCode.Read(code[..i] + (code[i] == '7' ? '8' : '7') + code[(i + 1)..]).ShouldBeNull();
        VoucherCode.Read(code[1..]).ShouldBeNull();
        VoucherCode.Read("GIFT-2026-000001").ShouldBeNull();
    }
}
