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
        var (changed, lost) = (await ledger.EnrolWith(10), await ledger.EnrolWith(20));
        await ledger.Store.RebuildSnapshots(default);
        (await ledger.Tamper($"update mt_doc_account set data = jsonb_set(data, '{{Debt}}', '7') where id = '{changed.Id}'")).ShouldBe(1);
        (await ledger.Tamper($"delete from mt_doc_account where id = '{lost.Id}'")).ShouldBe(1);

        (await ledger.Store.RebuildSnapshots(default))["member_account"].Different.ShouldBe(2);

        (await ledger.Store.RebuildSnapshots(default))["member_account"].Different.ShouldBe(0);
        (await ledger.Store.Load<Account>(changed.Id)).ShouldNotBeNull().State.Debt.Value.ShouldBe(0);
        (await ledger.Count($"mt_doc_account d join mt_streams s on s.id = d.id where d.id = '{lost.Id}' and d.mt_version = s.version")).ShouldBe(1);
    }

    [Fact]
    public async Task folds_every_event_of_every_account()
    {
        await ledger.EnrolWith(10);

        var result = (await ledger.Store.RebuildSnapshots(default))["member_account"];

        result.Streams.ShouldBe(await ledger.Count("mt_streams"));
        result.Events.ShouldBe(await ledger.Count("mt_events"));
    }
}
