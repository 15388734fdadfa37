using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(RunningLedger))]
public class ProvingTheLog(RunningLedger ledger)
{
    [Fact]
    public async Task is_for_operators_who_get_any_event()
    {
        await ledger.EnrolWith(10);
        var made = await ledger.Operator("auditor", "checkpoints.make").Post("/v1/checkpoints", new { });
        made.Status.ShouldBeOneOf(200, 201);
        var (size, last) = (made.Number("size"), made.Number("lastSequence"));

        var proof = (await ledger.Operator().Get($"/v1/checkpoints/{size}/inclusion?sequence={last}")).ShouldBe(200);
        proof.Number("index").ShouldBe(size - 1);
        proof.Text("leaf")!.ShouldStartWith($"loyalty-event/1\nsequence: {last}\n");
        (await ledger.Till(ledger.Grocery).Get($"/v1/checkpoints/{size}/inclusion?sequence={last}")).ShouldBeRefused(404, "not-found");
        (await ledger.Till(ledger.Grocery).Get($"/v1/checkpoints/{size}")).Text("note").ShouldBe(made.Text("note"));
    }

    [Fact]
    public async Task does_not_go_on_over_a_log_that_has_lost_what_was_signed()
    {
        await ledger.EnrolWith(10);
        var auditor = ledger.Operator("auditor", "checkpoints.make", "ledger.read");
        var made = await auditor.Post("/v1/checkpoints", new { });
        await ledger.Tamper("create table taken as select * from mt_events where seq_id = (select max(seq_id) from mt_events); delete from mt_events where seq_id in (select seq_id from taken)");
        try
        {
            (await auditor.Post("/v1/checkpoints", new { })).ShouldBeRefused(409, "log-differs");
            (await auditor.Get($"/v1/checkpoints/{made.Number("size")}/inclusion?sequence={made.Number("lastSequence") - 1}")).ShouldBeRefused(409, "log-differs");
        }
        finally
        {
            await ledger.Tamper("insert into mt_events select * from taken; drop table taken");
        }
    }
}
