using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

[Collection(nameof(LedgerDatabase))]
public sealed class LookingUpCards(LedgerDatabase ledger)
{
    [Fact]
    public async Task answers_a_thousand_at_once_also_for_cards_that_nobody_has_told_of()
    {
        await using var replica = ledger.OpenReplica();
        var members = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ledger.Enrol()));

        var found = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            Task.Run(async () => await replica.Cards.Find(i % 2 == 0 ? members[i / 2 % 10].Card : FormattableString.Invariant($"999{i}")))));

        for (var i = 0; i < found.Length; i++)
            found[i]?.Account.Value.ShouldBe(members[i / 2 % 10].Id);
        found.Count(card => card is null).ShouldBe(500);
    }

    [Fact]
    public async Task finds_a_card_that_is_told_of_later()
    {
        await using var replica = ledger.OpenReplica();
        var member = await ledger.Enrol(told: false);
        (await replica.Cards.Find(member.Card)).ShouldBeNull();
        (await replica.Post(ledger.Buy(member, 1))).ShouldBeRefused("unknown-card");

        await ledger.TellOfCard(member);

        (await replica.Cards.Find(member.Card))!.Account.Value.ShouldBe(member.Id);
        (await replica.Post(ledger.Buy(member, 1))).Accepted();
    }
}
