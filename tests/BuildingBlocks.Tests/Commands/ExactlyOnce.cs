using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Commands;

public sealed class ExactlyOnce(Purses purses) : IClassFixture<Purses>
{
    private readonly Guid grocery = Guid.NewGuid();
    private readonly Guid purse = Guid.NewGuid();

    [Fact]
    public async Task a_repeat_gets_the_first_answer_and_has_no_effect()
    {
        var first = await purses.Send(new Fill(grocery, "a", purse, 5, DateTimeOffset.UnixEpoch));
        await purses.Send(new Fill(grocery, "b", purse, 7));
        var again = await purses.Send(new Fill(grocery, "a", purse, 5, DateTimeOffset.UtcNow));
        again.ShouldBe(first);
        again.ShouldBe(new Content(purse, 5, 1));
        (await purses.Coins(purse)).ShouldBe(12);
    }

    [Fact]
    public async Task another_payload_under_the_same_key_is_refused_and_changes_nothing()
    {
        await purses.Send(new Fill(grocery, "a", purse, 5));
        var other = await purses.Send(new Fill(grocery, "a", purse, 6));
        other.ShouldBeOfType<Outcome<Content>.Refused>().Refusal.Code.ShouldBe("transaction-differs");
        var otherKind = await purses.Send(new Empty(grocery, "a", purse, 5));
        otherKind.ShouldBeOfType<Outcome<Content>.Refused>().Refusal.Code.ShouldBe("transaction-differs");
        (await purses.Send(new Fill(grocery, "a", purse, 5))).ShouldBe(new Content(purse, 5, 1));
        (await purses.Coins(purse)).ShouldBe(5);
    }

    [Fact]
    public async Task the_same_key_of_another_scope_is_another_request()
    {
        await purses.Send(new Fill(grocery, "a", purse, 5));
        await purses.Send(new Fill(Guid.NewGuid(), "a", purse, 5));
        (await purses.Coins(purse)).ShouldBe(10);
    }

    [Fact]
    public async Task keys_are_compared_byte_by_byte()
    {
        await purses.Send(new Fill(grocery, "key", purse, 1));
        await purses.Send(new Fill(grocery, "KEY", purse, 1));
        await purses.Send(new Fill(grocery, "\u00e9", purse, 1));
        await purses.Send(new Fill(grocery, "e\u0301", purse, 1));
        (await purses.Coins(purse)).ShouldBe(4);
    }

    [Fact]
    public async Task a_hundred_at_once_have_one_effect_and_equal_answers()
    {
        var answers = await AtOnce(100, _ => new Fill(grocery, "hundred", purse, 5));
        answers.ShouldAllBe(a => a == new Outcome<Content>.Accepted(new Content(purse, 5, 1)));
        (await purses.Coins(purse)).ShouldBe(5);
    }

    [Fact]
    public async Task a_hundred_at_once_with_two_payloads_have_one_effect_and_one_kind_of_answer()
    {
        var answers = await AtOnce(100, i => new Fill(grocery, "two-payloads", purse, 1 + (i % 2)));
        var winner = await purses.Coins(purse);
        winner.ShouldBeOneOf(1, 2);
        answers.Count(a => a == new Outcome<Content>.Accepted(new Content(purse, winner, 1))).ShouldBe(50);
        answers.OfType<Outcome<Content>.Refused>().Count(r => r.Refusal.Code == "transaction-differs").ShouldBe(50);
    }

    [Fact]
    public async Task a_hundred_at_once_that_want_everything_leave_one_winner()
    {
        await purses.Send(new Fill(grocery, "fill", purse, 500));
        var answers = await AtOnce(100, i => new Empty(grocery, $"take-{i}", purse, 500));
        answers.OfType<Outcome<Content>.Accepted>().Count().ShouldBe(1);
        answers.OfType<Outcome<Content>.Refused>().Count(r => r.Refusal.Code == "insufficient-coins").ShouldBe(99);
        (await purses.Coins(purse)).ShouldBe(0);
    }

    [Fact]
    public async Task everyone_gets_through_however_many_want_the_same_stream()
    {
        var answers = await AtOnce(100, i => new Fill(grocery, $"crowd-{i}", purse, 1));
        answers.OfType<Outcome<Content>.Accepted>().Select(a => a.Answer.Version).Order().ShouldBe(Enumerable.Range(1, 100).Select(v => (long)v));
        (await purses.Coins(purse)).ShouldBe(100);
    }

    [Fact]
    public async Task a_decision_to_refuse_is_for_ever_and_leaves_nothing_behind()
    {
        var refused = await purses.Send(new Empty(grocery, "take", purse, 5));
        refused.ShouldBeOfType<Outcome<Content>.Refused>().Refusal.ShouldBe(new Refusal("insufficient-coins", "There are only 0."));
        await purses.Send(new Fill(grocery, "fill", purse, 100));
        (await purses.Send(new Empty(grocery, "take", purse, 5))).ShouldBe(refused);
        (await purses.Send(new Empty(grocery, "take-again", purse, 5))).ShouldBe(new Content(purse, 95, 2));
    }

    [Fact]
    public async Task a_refusal_that_may_pass_is_decided_again()
    {
        (await purses.Send(new Empty(grocery, "take", purse, 5, Remember: false))).ShouldBeOfType<Outcome<Content>.Refused>();
        (await purses.Records(grocery, "take")).ShouldBe(0);
        await purses.Send(new Fill(grocery, "fill", purse, 100));
        (await purses.Send(new Empty(grocery, "take", purse, 5, Remember: false))).ShouldBe(new Content(purse, 95, 2));
    }

    [Fact]
    public async Task a_command_that_need_not_be_exactly_once_still_waits_its_turn()
    {
        await AtOnce(50, _ => new Toss(purse));
        (await purses.Coins(purse)).ShouldBe(50);
    }

    [Fact]
    public async Task an_invalid_command_reaches_no_handler_and_is_not_remembered()
    {
        var invalid = (await purses.Send(new Fill(grocery, "zero", purse, 0))).ShouldBeOfType<Outcome<Content>.Invalid>();
        invalid.Faults.ShouldHaveSingleItem().Member.ShouldBe("coins");
        Problem.Of(invalid.Faults).Status.ShouldBe(422);
        (await purses.Records(grocery, "zero")).ShouldBe(0);
        var malformed = (await purses.Send(new Fill(grocery, "", purse, 0))).ShouldBeOfType<Outcome<Content>.Invalid>();
        Problem.Of(malformed.Faults).Status.ShouldBe(400);
    }

    [Fact]
    public async Task what_was_answered_can_be_neither_changed_nor_deleted_by_the_service()
    {
        await purses.Send(new Fill(grocery, "a", purse, 5));
        (await purses.Tamper("update exactly_once set outcome = 'refused'")).ShouldNotBeNull().SqlState.ShouldBe("42501");
        (await purses.Tamper("delete from exactly_once")).ShouldNotBeNull().SqlState.ShouldBe("42501");
    }

    [Fact]
    public async Task every_fact_names_who_caused_it()
    {
        await purses.Send(new Fill(grocery, "a", purse, 5), by: "partner:GROCERY/till-7");
        (await purses.Store.FetchStream(purse)).ShouldHaveSingleItem().CausedBy.ShouldBe("partner:GROCERY/till-7");
    }

    private Task<Outcome<Content>[]> AtOnce(int count, Func<int, ICommand<Content>> command) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => purses.Send(command(i)))));
}
