using System.Net;
using System.Text.Json.Nodes;
using Loyalty.Contracts.Cards.V1;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Testing;
using Npgsql;
using CardNumber = Loyalty.Cards.Domain.CardNumber;

namespace Loyalty.Cards.Tests.Features;

[Collection(nameof(CardsService))]
public sealed class UsingCards(CardsService cards)
{
    [Fact]
    public async Task a_card_goes_from_issue_over_activation_to_a_member_and_the_ledger_is_told()
    {
        var number = await cards.Active();
        var member = await cards.Member();
        await cards.Link(number, member);

        var card = await Resolved(number);
        card["status"]!.GetValue<string>().ShouldBe("active");
        card["memberId"]!.GetValue<Guid>().ShouldBe(member);
        var told = (await cards.Told<CardLinked>(c => c.Number == number))[0];
        told.MemberId.ShouldBe(member);
        told.Barcode.ShouldBe(card["barcode"]!.GetValue<string>());
        told.Version.ShouldBe(3);
    }

    [Fact]
    public async Task a_card_is_found_by_its_barcode_too()
    {
        var issued = await cards.Issued();
        var found = await Resolved(issued["barcode"]!.GetValue<string>());
        found["cardId"]!.GetValue<Guid>().ShouldBe(issued["cardId"]!.GetValue<Guid>());
        found["status"]!.GetValue<string>().ShouldBe("issued");
    }

    [Fact]
    public async Task activating_and_linking_again_change_nothing()
    {
        var (number, member) = (await cards.Active(), await cards.Member());
        await cards.Link(number, member);
        var before = (await Resolved(number)).ToJsonString();

        using var activated = await cards.Post($"v1/cards/{number}/activate");
        using var linked = await cards.Post($"v1/cards/{number}/link", new { memberId = member });

        (await activated.Json()).ToJsonString().ShouldBe(before);
        (await linked.Json()).ToJsonString().ShouldBe(before);
        (await cards.Told<CardLinked>(c => c.Number == number))[0].Version.ShouldBe(3);
    }

    [Fact]
    public async Task a_card_of_somebody_is_not_given_to_another()
    {
        var number = await cards.Active();
        await cards.Link(number, await cards.Member());
        var other = await cards.Member();
        await Eventually.Holds(async () =>
        {
            using var refused = await cards.Post($"v1/cards/{number}/link", new { memberId = other });
            await refused.ShouldBeProblem(409, "card-already-linked");
        });
    }

    [Fact]
    public async Task a_card_is_linked_once_however_many_try_at_once()
    {
        var number = await cards.Active();
        var members = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cards.Member()));
        foreach (var member in members)
            await cards.Link(await cards.Active(), member); // what tells of members arrives in any order

        var answers = await Task.WhenAll(members.Select(m => cards.Post($"v1/cards/{number}/link", new { memberId = m })));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(members.Length - 1);
    }

    [Fact]
    public async Task an_inactive_card_is_not_linked()
    {
        var (issued, member) = (await cards.Issued(), await cards.Member());
        await Eventually.Holds(async () =>
        {
            using var refused = await cards.Post($"v1/cards/{issued["number"]}/link", new { memberId = member });
            await refused.ShouldBeProblem(409, "card-not-active");
        });
    }

    [Fact]
    public async Task a_member_nobody_told_of_gets_no_card()
    {
        using var refused = await cards.Post($"v1/cards/{await cards.Active()}/link", new { memberId = Guid.NewGuid() });
        await refused.ShouldBeProblem(422, "member-unknown");
    }

    [Fact]
    public async Task a_blocked_card_stays_blocked_and_the_ledger_is_told_once()
    {
        var number = await cards.Active();
        var member = await cards.Member();
        await cards.Link(number, member);

        using var blocked = await cards.Post($"v1/cards/{number}/block", new { reason = "stolen" });
        using var again = await cards.Post($"v1/cards/{number}/block", new { reason = "lost" });
        using var activated = await cards.Post($"v1/cards/{number}/activate");
        using var linked = await cards.Post($"v1/cards/{number}/link", new { memberId = member });

        (await blocked.Json())["status"]!.GetValue<string>().ShouldBe("blocked");
        (await again.Json())["blockReason"]!.GetValue<string>().ShouldBe("stolen");
        await activated.ShouldBeProblem(409, "card-blocked");
        await linked.ShouldBeProblem(409, "card-blocked");
        var told = (await cards.Told<CardBlocked>(c => c.Number == number))[0];
        (told.MemberId, told.Reason, told.Version).ShouldBe((member, "stolen", 4));
    }

    [Fact]
    public async Task an_erased_members_cards_are_blocked_and_no_card_is_linked_to_them_again()
    {
        var member = await cards.Member();
        var (one, two) = (await cards.Active(), await cards.Active());
        await cards.Link(one, member);
        await cards.Link(two, member);
        var erased = new CustomerErased(member, DateTimeOffset.UtcNow);
        var news = Guid.NewGuid();

        await cards.Service.Messages.Publish(news, erased);
        await cards.Service.Messages.Publish(news, erased);

        var told = await cards.Told<CardBlocked>(c => c.MemberId == member, count: 2);
        told.ShouldAllBe(c => c.Reason == "erased");
        told.Select(c => c.Number).Order().ShouldBe(new[] { one, two }.Order());
        (await Resolved(one))["blockReason"]!.GetValue<string>().ShouldBe("erased");
        using var refused = await cards.Post($"v1/cards/{await cards.Active()}/link", new { memberId = member });
        await refused.ShouldBeProblem(404, "member-erased");
    }

    [Fact]
    public async Task a_member_who_is_erased_while_a_card_is_being_linked_does_not_get_it()
    {
        var (number, member) = (await cards.Active(), await cards.Member());
        await cards.Link(await cards.Active(), member);
        await using var database = NpgsqlDataSource.Create(cards.Service.Database.Administrator);
        await using var erasing = await database.OpenConnectionAsync();
        await using var transaction = await erasing.BeginTransactionAsync();
        await using (var erase = new NpgsqlCommand("update members set erased_at = now() where member_id = $1", erasing))
        {
            erase.Parameters.Add(new() { Value = member });
            await erase.ExecuteNonQueryAsync();
        }

        var linking = cards.Post($"v1/cards/{number}/link", new { memberId = member });
        await using var waiting = database.CreateCommand(
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%link_card%')");
        await Eventually.Holds(async () => await waiting.ExecuteScalarAsync() is true);
        await transaction.CommitAsync();

        using var refused = await linking;
        await refused.ShouldBeProblem(404, "member-erased");
        (await Resolved(number))["memberId"].ShouldBeNull();
    }

    [Fact]
    public async Task the_enrolment_of_a_member_who_was_erased_already_changes_nothing()
    {
        var member = Guid.NewGuid();
        await cards.Service.Messages.Publish(Guid.NewGuid(), new CustomerErased(member, DateTimeOffset.UtcNow));
        await cards.Service.Messages.Publish(Guid.NewGuid(), new CustomerEnrolled(member, Privilege: null, DateTimeOffset.UtcNow));
        await cards.Link(await cards.Active(), await cards.Member());

        using var refused = await cards.Post($"v1/cards/{await cards.Active()}/link", new { memberId = member });
        await refused.ShouldBeProblem(404, "member-erased");
    }

    [Theory]
    [InlineData("9799990000000000", 404, "card-unknown")] // A right check digit, but nobody's card.
    [InlineData("9799990000000001", 422, "check-digit")]
    [InlineData("2999999999997", 422, "check-digit")]
    [InlineData("12", 404, "card-unknown")]
    [InlineData("%27%20OR%201=1--", 404, "card-unknown")]
    public async Task what_is_no_card_is_told_apart_from_what_was_misread(string text, int status, string code)
    {
        text = text == "9799990000000000" ? CardNumber.From("979999000000000").Digits : text;
        using var resolved = await cards.Client.GetAsync(new Uri("v1/cards/" + text, UriKind.Relative));
        await resolved.ShouldBeProblem(status, code);
        using var activated = await cards.Post($"v1/cards/{text}/activate");
        await activated.ShouldBeProblem(status, code);
    }

    private async Task<JsonNode> Resolved(string numberOrBarcode)
    {
        using var answer = await cards.Client.GetAsync(new Uri("v1/cards/" + numberOrBarcode, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Json();
    }
}
