using Loyalty.PointsLedger.Domain;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Storage;

[Collection(nameof(RunningLedger))]
public sealed class RebuildingBalances(RunningLedger ledger)
{
    [Fact]
    public async Task finds_snapshots_that_were_changed_or_lost_and_puts_them_right()
    {
        var (changed, lost) = (await WithSnapshot(), await WithSnapshot());
        await ledger.Store.RebuildSnapshots(default);
        (await ledger.Tamper($"update member_account_snapshots set data = jsonb_set(data, '{{Debt}}', '7') where id = '{changed.Id}'")).ShouldBe(1);
        (await ledger.Tamper($"delete from member_account_snapshots where id = '{lost.Id}'")).ShouldBe(1);

        (await ledger.Store.RebuildSnapshots(default))["member_account"].Different.ShouldBe(2);

        (await ledger.Store.RebuildSnapshots(default))["member_account"].Different.ShouldBe(0);
        (await ledger.Store.Load<Account>(changed.Id)).ShouldNotBeNull().State.Debt.Value.ShouldBe(0);
        (await ledger.Count($"member_account_snapshots where id = '{lost.Id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task folds_every_event_of_every_account()
    {
        await ledger.EnrolWith(10);

        var result = (await ledger.Store.RebuildSnapshots(default))["member_account"];

        result.Streams.ShouldBe(await ledger.Count("mt_streams where type = 'member_account'"));
        result.Events.ShouldBe(await ledger.Count("mt_events e join mt_streams s on s.id = e.stream_id where s.type = 'member_account'"));
    }

    // An account's state is kept where its version passes a multiple of sixteen.
    private async Task<Member> WithSnapshot()
    {
        var member = await ledger.EnrolWith(10);
        var till = ledger.Till(ledger.Fuel);
        for (var i = 0; i < 16; i++) (await till.Buy(member, 1)).ShouldBe(201);
        (await ledger.Count($"member_account_snapshots where id = '{member.Id}'")).ShouldBe(1);
        return member;
    }
}
