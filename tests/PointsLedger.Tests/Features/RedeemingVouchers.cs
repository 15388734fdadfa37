using Loyalty.Testing;
using Shouldly;
using Xunit;
using Partners = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class RedeemingVouchers(RunningLedger ledger)
{
    private readonly Till deliverer = ledger.Till(ledger.Grocery);
    private readonly Till other = ledger.Till(ledger.Fuel);
    private readonly Catalogue catalogue = new(ledger);

    [Fact]
    public async Task hands_a_reward_out_once()
    {
        var (code, _) = await Claimed();
        var id = ledger.NewId();

        var redeemed = (await Redeem(deliverer, code, id)).ShouldBe(200);

        redeemed.Text("reward").ShouldNotBeNull();
        (await Redeem(deliverer, code, id)).ShouldBe(200).Body.ShouldBe(redeemed.Body);
        (await Redeem(deliverer, code)).ShouldBeRefused(409, "voucher-already-redeemed");
    }

    [Fact]
    public async Task at_many_tills_at_once_hands_it_out_at_one()
    {
        var (code, _) = await Claimed();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Redeem(deliverer, code)));

        answers.Count(a => a.Status == 200).ShouldBe(1);
        foreach (var refused in answers.Where(a => a.Status != 200)) refused.ShouldBeRefused(409, "voucher-already-redeemed");
    }

    [Fact]
    public async Task understands_a_code_as_people_type_it()
    {
        var (code, _) = await Claimed();
        (await Redeem(deliverer, $"{code[..4]}-{code[4..8]}-{code[8..]}".ToLowerInvariant())).ShouldBe(200);
    }

    [Fact]
    public async Task is_for_the_partner_that_delivers_the_reward_alone()
    {
        var (code, _) = await Claimed();
        var foreign = await Redeem(other, code);
        foreign.ShouldBeRefused(404, "unknown-voucher");
        (await Redeem(other, "GIFT-OF-NOBODY")).Body.ShouldBe(foreign.Body);
        (await Redeem(deliverer, code, store: "NOWHERE")).ShouldBeRefused(422, "unknown-store");
        await ledger.Publish(new Partners.StoreClosed(ledger.Grocery.Id, "SHUT", RunningLedger.LongAgo, RunningLedger.LongAgo, 9));
        await ledger.Publish(new Partners.StoreOpened(ledger.Grocery.Id, new("SHUT", "Shut"), RunningLedger.LongAgo, 8));
        await Eventually.Holds(async () => (await Redeem(deliverer, code, store: "SHUT")).ShouldBeRefused(422, "store-closed"));
        (await Redeem(ledger.Till(ledger.Grocery, "ledger.post"), code)).ShouldBeRefused(403, "insufficient-scope");
        (await Redeem(deliverer, code)).ShouldBe(200);
    }

    [Fact]
    public async Task does_not_know_codes_that_nobody_has_claimed()
    {
        var (reward, code) = (await catalogue.Listed(cost: 10, codes: "uploaded"), catalogue.NewCode());
        (await catalogue.Upload(reward, code)).ShouldBe(201);
        var id = ledger.NewId();
        (await Redeem(deliverer, code, id)).ShouldBeRefused(404, "unknown-voucher");

        (await catalogue.Claim(other, reward, await ledger.EnrolWith(10))).ShouldBe(201);

        (await Redeem(deliverer, code, id)).ShouldBe(200);
    }

    [Fact]
    public async Task forbids_to_give_the_points_back_afterwards()
    {
        var (code, claim) = await Claimed();
        (await Redeem(deliverer, code)).ShouldBe(200);
        (await other.Reverse(claim)).ShouldBeRefused(409, "voucher-redeemed");
    }

    [Fact]
    public async Task fails_once_the_points_were_given_back()
    {
        var (code, claim) = await Claimed();
        (await other.Reverse(claim)).ShouldBe(201);
        (await Redeem(deliverer, code)).ShouldBeRefused(404, "unknown-voucher");
    }

    [Fact]
    public async Task beside_a_reversal_at_once_ends_in_one_of_the_two()
    {
        for (var i = 0; i < 8; i++)
        {
            var (code, claim) = await Claimed();
            var (reversed, redeemed) = (other.Reverse(claim), Redeem(deliverer, code));
            ((await reversed).Status, (await redeemed).Status).ShouldBeOneOf((201, 404), (409, 200));
        }
    }

    [Fact]
    public async Task honours_the_day_on_which_it_lapses()
    {
        var (code, _) = await Claimed(voucherDays: 1);
        (await ledger.Tamper($"update vouchers set expires_at = now() where code = '{code}'")).ShouldBe(1);
        (await Redeem(deliverer, code)).ShouldBeRefused(422, "voucher-expired");
    }

    [Fact]
    public async Task stops_who_guesses_codes()
    {
        var thief = ledger.Bearing(ledger.Tokens.Issue(claims =>
        {
            claims["client_id"] = claims["sub"] = "voucher-guesser";
            claims["partner"] = ledger.Fuel.Id.ToString();
            claims["partner_code"] = ledger.Fuel.Code;
            claims["scope"] = "ledger.redeem";
        }));
        Answer answer;
        var tries = 0;
        do answer = await Redeem(thief, "GUESS-" + ledger.NewId());
        while (answer.Status == 404 && ++tries < 100);
        answer.ShouldBeRefused(429, "too-many-requests");
    }

    private async Task<(string Code, string Claim)> Claimed(int? voucherDays = null)
    {
        var (reward, member, id) = (await catalogue.Listed(cost: 10, stock: 1, voucherDays: voucherDays), await ledger.EnrolWith(10), ledger.NewId());
        return ((await catalogue.Claim(other, reward, member, id)).ShouldBe(201).Text("voucher")!, id);
    }

    private Task<Answer> Redeem(Till till, string code, string? id = null, string store = "MAIN") =>
        till.Post($"/v1/vouchers/{code}/redemption", new { transactionId = id ?? ledger.NewId(), store });
}
