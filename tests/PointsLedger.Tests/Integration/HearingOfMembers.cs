using Loyalty.Contracts.Customers.V1;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Integration;

[Collection(nameof(RunningLedger))]
public sealed class HearingOfMembers(RunningLedger ledger)
{
    [Fact]
    public async Task keeps_what_rules_may_know_of_a_member()
    {
        var member = Guid.NewGuid();
        await Tell(Profile(member, 3, "pensioner", "--02-29", "night-owls", "wine"));
        await Settled();
        (await Row(member)).ShouldBe("pensioner --02-29 night-owls,wine 3 known");
        await Tell(Profile(member, 4));
        await Settled();
        (await Row(member)).ShouldBe("- -  4 known");
    }

    [Fact]
    public async Task passes_over_news_that_are_older_than_what_it_knows()
    {
        var member = Guid.NewGuid();
        await Tell(Profile(member, 7, "student"), Profile(member, 5, "staff", "--01-01"), Profile(member, 6, privilege: null, celebration: null, "wine"), Profile(member, 7, "pensioner"));
        await Settled();
        (await Row(member)).ShouldBe("student -  7 known");
    }

    [Fact]
    public async Task takes_the_newest_of_what_comes_on_one_page_with_others()
    {
        Guid[] members = [.. Enumerable.Range(0, 20).Select(_ => Guid.NewGuid())];
        await Tell([.. members.SelectMany(m => new[] { Profile(m, 4, "staff"), Profile(m, 9, "student", celebration: null, "b"), Profile(m, 8, "pensioner") })]);
        await Settled();
        foreach (var member in members) (await Row(member)).ShouldBe("student - b 9 known");
    }

    [Fact]
    public async Task forgets_a_member_who_is_gone_and_learns_nothing_of_them_again()
    {
        var member = Guid.NewGuid();
        await Tell(Profile(member, 3, "pensioner", "--02-29", "wine"));
        await Settled();
        await Tell(new CustomerErased(member, DateTimeOffset.UtcNow));
        await Eventually.Holds(async () => (await Row(member))?.EndsWith(" erased", StringComparison.Ordinal) == true);
        await Tell(Profile(member, 9), Profile(member, 4, "pensioner", "--02-29", "wine"), Profile(member, 2, "staff"));
        await Settled();
        (await Row(member)).ShouldBe("- -  3 erased");
    }

    [Fact]
    public async Task learns_nothing_of_a_member_whose_erasure_it_heard_of_first()
    {
        var member = Guid.NewGuid();
        await Tell(new CustomerErased(member, DateTimeOffset.UtcNow));
        await Eventually.Holds(async () => await Row(member) is not null);
        await Tell(Profile(member, 4), Profile(member, 3, "pensioner", "--02-29", "wine"));
        await Settled();
        (await Row(member)).ShouldBe("- -  0 erased");
    }

    [Fact]
    public async Task lets_no_day_that_there_is_not_come_as_far_as_the_tills()
    {
        var (bad, good) = (Guid.NewGuid(), Guid.NewGuid());
        await Tell(Profile(bad, 3, "student", "--02-30"), Profile(good, 3, "student", "--02-28"));
        await Settled();
        (await Row(bad)).ShouldBeNull();
        (await Row(good)).ShouldBe("student --02-28  3 known");
    }

    private static ProfileChanged Profile(Guid member, long version, string? privilege = null, string? celebration = null, params string[] segments) =>
        new(member, privilege, celebration, segments, DateTimeOffset.UtcNow, version);

    private async Task Tell(params object[] events)
    {
        foreach (var @event in events) await ledger.Publish(@event);
    }

    // Messages of one queue take effect in order, so whatever was told before has taken effect when this is known.
    private async Task Settled()
    {
        var last = Guid.NewGuid();
        await Tell(Profile(last, 1));
        await Eventually.Holds(async () => await Row(last) is not null);
    }

    private async Task<string?> Row(Guid member)
    {
        await using var query = ledger.Database.CreateCommand(
            """
            select concat_ws(' ', coalesce(privilege, '-'), coalesce(celebration, '-'), array_to_string(segments, ','), version, case when erased then 'erased' else 'known' end)
            from members where member_id = $1
            """);
        query.Parameters.Add(new NpgsqlParameter { Value = member });
        return await query.ExecuteScalarAsync() as string;
    }
}
