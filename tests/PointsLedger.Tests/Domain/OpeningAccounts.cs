using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

public class OpeningAccounts
{
    private static readonly Account New = Account.Initial(AnnasAccount.Value);

    [Fact]
    public void happens_with_the_first_card() =>
        New.LinkCard(AnnasCardId, AnnasCard, 3, Noon, Noon).Facts().Select(f => f.GetType()).ShouldBe([typeof(AccountOpened), typeof(CardLinked)]);

    [Fact]
    public void happens_once() =>
        Anna.LinkCard(new CardId(Guid.NewGuid()), "6276480000000022", 3, Noon, Noon).Only<CardLinked>();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ignores_what_it_has_heard_of_a_card_before(long version)
    {
        Anna.LinkCard(AnnasCardId, AnnasCard, version, Noon, Noon).Facts().ShouldBeEmpty();
        Anna.BlockCard(AnnasCardId, AnnasCard, "lost", version, Noon, Noon).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void keeps_a_card_blocked_when_its_linking_is_heard_later()
    {
        var blocked = New.After(New.BlockCard(AnnasCardId, AnnasCard, "lost", 4, Noon, Noon));
        blocked.Opened.ShouldBeTrue();
        blocked.LinkCard(AnnasCardId, AnnasCard, 3, Noon, Noon).Facts().ShouldBeEmpty();
        blocked.Cards[AnnasCard].Blocked.ShouldBeTrue();
    }
}

public class ClosingAccounts
{
    [Fact]
    public void happens_once()
    {
        var closed = Anna.After(Anna.Close("erased", Noon, Noon));
        closed.Closed.ShouldBeTrue();
        closed.Close("erased", Noon, Noon).Facts().ShouldBeEmpty();
    }

    [Fact]
    public void keeps_cards_out_even_when_the_account_was_never_opened()
    {
        var closed = Account.Initial(AnnasAccount.Value);
        closed = closed.After(closed.Close("erased", Noon, Noon));
        closed.LinkCard(AnnasCardId, AnnasCard, 3, Noon, Noon).Facts().ShouldBeEmpty();
    }
}

public class TheTimeOfATransaction
{
    private static readonly TimePolicy Policy = TimePolicy.Default;

    [Theory]
    [InlineData(0, null, false)]
    [InlineData(-300, null, false)]
    [InlineData(-301, "too-early", false)]
    [InlineData(86_400, null, false)]
    [InlineData(86_401, null, true)]
    [InlineData(3 * 86_400, null, true)]
    [InlineData(7 * 86_400, null, true)]
    [InlineData((7 * 86_400) + 1, "too-late", true)]
    [InlineData(3653 * 86_400, "too-late", true)]
    public void may_be_a_little_ahead_and_some_days_behind(int secondsAgo, string? refusal, bool late)
    {
        var occurredAt = Noon.AddSeconds(-secondsAgo);
        Policy.Refuse(occurredAt, Noon, mayBackdate: false)?.Code.ShouldBe(refusal);
        (Policy.Refuse(occurredAt, Noon, mayBackdate: false) is null).ShouldBe(refusal is null);
        Policy.IsLate(occurredAt, Noon).ShouldBe(late);
    }

    [Fact]
    public void may_be_long_ago_for_those_who_may_backdate_yet_never_ahead()
    {
        Policy.Refuse(Noon.AddYears(-10), Noon, mayBackdate: true).ShouldBeNull();
        Policy.Refuse(Noon.AddMinutes(6), Noon, mayBackdate: true)!.Code.ShouldBe("too-early");
    }
}
