using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain.Offers;
using Loyalty.PointsLedger.Tests.Lanes;
using Loyalty.PointsLedger.Views;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Integration;

[Collection(nameof(LedgerDatabase))]
public sealed class LookingUpMembers(LedgerDatabase ledger)
{
    private readonly MovableClock clock = new();

    [Fact]
    public async Task tells_what_rules_may_know()
    {
        var member = await Told("pensioner", "--02-29", "night-owls", "wine");

        var profile = await Index().Find(member);

        profile.Privilege.ShouldBe("pensioner");
        profile.Celebration.ShouldBe(new DateOnly(2000, 2, 29));
        profile.Segments.ShouldBe(["night-owls", "wine"]);
    }

    [Fact]
    public async Task answers_a_thousand_at_once_also_for_members_nobody_has_told_of()
    {
        var index = Index();
        var members = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Told(FormattableString.Invariant($"privilege-{i}"))));

        var found = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            Task.Run(async () => await index.Find(i % 2 == 0 ? members[i / 2 % 10] : new(Guid.NewGuid())))));

        for (var i = 0; i < found.Length; i++)
            found[i].Privilege.ShouldBe(i % 2 == 0 ? FormattableString.Invariant($"privilege-{i / 2 % 10}") : null);
        found.Count(profile => profile == MemberProfile.Unknown).ShouldBe(500);
    }

    [Fact]
    public async Task reads_again_what_it_was_told_to_forget_and_nothing_else()
    {
        var index = Index();
        AccountId[] members = [await Told("student"), await Told("student")];
        await index.Prepare(members);
        foreach (var member in members) await Change(member, "staff");

        index.Forget([members[0]]);

        (await index.Find(members[0])).Privilege.ShouldBe("staff");
        (await index.Find(members[1])).Privilege.ShouldBe("student");
    }

    [Fact]
    public async Task reads_again_after_a_minute_because_another_replica_may_have_heard_the_news()
    {
        var index = Index();
        var member = await Told("student");
        await index.Find(member);
        await Change(member, "staff");

        clock.Passed = TimeSpan.FromSeconds(59.9);
        (await index.Find(member)).Privilege.ShouldBe("student");
        clock.Passed = TimeSpan.FromSeconds(60);
        (await index.Find(member)).Privilege.ShouldBe("staff");
    }

    [Fact]
    public async Task asks_after_an_unknown_member_again_a_minute_later()
    {
        var index = Index();
        var member = new AccountId(Guid.NewGuid());
        (await index.Find(member)).ShouldBe(MemberProfile.Unknown);
        await Tell(member, "student");

        clock.Passed = TimeSpan.FromSeconds(59.9);
        (await index.Find(member)).ShouldBe(MemberProfile.Unknown);
        clock.Passed = TimeSpan.FromSeconds(60);
        (await index.Find(member)).Privilege.ShouldBe("student");
    }

    [Fact]
    public async Task knows_an_erased_member_no_more()
    {
        var index = Index();
        var member = await Told("student");
        await index.Find(member);
        await ledger.Execute("update members set privilege = null, erased = true where member_id = $1", member.Value);
        index.Forget([member]);
        (await index.Find(member)).ShouldBe(MemberProfile.Unknown);
    }

    [Fact]
    public async Task keeps_nothing_that_was_read_while_news_came()
    {
        var index = Index();
        var member = await Told("student");
        Task<MemberProfile> asked;
        await using (await LockOutReaders())
        {
            asked = index.Find(member).AsTask();
            await Eventually.Holds(async () => await ledger.Count("pg_locks where relation = 'members'::regclass and not granted") == 1);
            index.Forget([member]);
        }

        (await asked).Privilege.ShouldBe("student");
        await Change(member, "staff");
        (await index.Find(member)).Privilege.ShouldBe("staff");
    }

    // Until it is disposed of.
    private async Task<IAsyncDisposable> LockOutReaders()
    {
        var connection = await ledger.Store.DataSource.OpenConnectionAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table members", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private MemberIndex Index() => new(ledger.Store, clock);

    private async Task<AccountId> Told(string privilege, string? celebration = null, params string[] segments)
    {
        var member = new AccountId(Guid.NewGuid());
        await Tell(member, privilege, celebration, segments);
        return member;
    }

    private Task Tell(AccountId member, string privilege, string? celebration = null, params string[] segments) => ledger.Execute(
        "insert into members (member_id, privilege, celebration, segments, version) values ($1, $2, $3, $4, 1)",
        member.Value, privilege, celebration ?? (object)DBNull.Value, segments);

    private Task Change(AccountId member, string privilege) => ledger.Execute("update members set privilege = $2 where member_id = $1", member.Value, privilege);

    private sealed class MovableClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }
}
