using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Contract = Loyalty.Contracts.PointsLedger.V1;

namespace Loyalty.PointsLedger.Tests.Features;

[Collection(nameof(GenerousLedger))]
public class TransferringPoints(RunningLedger ledger) : IAsyncLifetime
{
    private readonly Till till = ledger.Till(ledger.Fuel);
    private readonly Till desk = ledger.Operator();

    public async ValueTask InitializeAsync() => await ledger.AllowTransfers();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task moves_them_at_once_and_is_told_to_others()
    {
        await ledger.Messages.Observe(typeof(Contract.PointsTransferred));
        var (anna, ben) = (await ledger.EnrolWith(100), await ledger.EnrolWith(5));
        var id = Guid.NewGuid();

        var answer = (await Give(anna, ben, 60, id)).ShouldBe(201);

        (answer.Number("points"), answer.Number("balance")).ShouldBe((60, 40));
        (await till.Balance(anna), await till.Balance(ben)).ShouldBe((40, 65));
        (await till.Redeem(ben, 65)).ShouldBe(201);
        (await till.Redeem(anna, 41)).ShouldBeRefused(422, "insufficient-points");
        await Eventually.Holds(() => ledger.Messages.Received.SelectMany(Messages.Read<Contract.PointsTransferred>).Any(e => e.TransferId == id));
        var told = ledger.Messages.Received.SelectMany(Messages.Read<Contract.PointsTransferred>).Single(e => e.TransferId == id);
        (told.AccountId, told.ToAccountId, told.Kind, told.Points, told.Draws.Sum(d => d.Points)).ShouldBe((anna.Id, ben.Id, "gift", 60, 60));
        var lines = (await desk.Get($"/v1/accounts/{ben.Id}/history")).Json.GetProperty("items").EnumerateArray()
            .Where(line => line.GetProperty("type").GetString() == "points-received").ToList();
        lines.ShouldHaveSingleItem().GetProperty("balanceChange").GetInt64().ShouldBe(60);
    }

    [Fact]
    public async Task again_under_the_same_id_gets_the_same_answer_and_another_request_none()
    {
        var (anna, ben) = (await ledger.EnrolWith(100), await ledger.Enrol());
        var id = Guid.NewGuid();
        var first = (await Give(anna, ben, 10, id)).ShouldBe(201);

        (await Give(anna, ben, 10, id)).ShouldBe(201).Body.ShouldBe(first.Body);
        (await Give(anna, ben, 11, id)).ShouldBeRefused(422, "transaction-differs");
        var refused = Guid.NewGuid();
        (await Give(ben, anna, 11, refused)).ShouldBeRefused(422, "insufficient-points");
        (await Give(anna, ben, 50)).ShouldBe(201);
        (await Give(ben, anna, 11, refused)).ShouldBeRefused(422, "insufficient-points");

        (await till.Balance(anna), await till.Balance(ben)).ShouldBe((40, 60));
    }

    [Fact]
    public async Task is_for_operators_between_two_known_accounts()
    {
        var (anna, ben) = (await ledger.EnrolWith(100), await ledger.Enrol());
        (await Give(anna, anna, 1)).Status.ShouldBe(422);
        (await Give(anna, ben with { Id = Guid.NewGuid() }, 1)).ShouldBeRefused(404, "unknown-account");
        (await Give(anna, ben, 0)).Status.ShouldBe(422);
        (await Give(anna, ben, 1001)).ShouldBeRefused(422, "transfer-limit-reached");
        var body = new { transferId = Guid.NewGuid(), fromAccount = anna.Id, toAccount = ben.Id, points = 1, kind = "gift" };
        (await till.Post("/v1/transfers", body)).Status.ShouldBe(403);
        (await ledger.Till(ledger.Fuel, "ledger.transfer").Post("/v1/transfers", body)).ShouldBeRefused(403, "operator-required");
        (await desk.Post("/v1/transfers", new { body.transferId, body.fromAccount, body.toAccount, body.points, kind = "loan" })).Status.ShouldBe(422);
        (await till.Balance(anna)).ShouldBe(100);
    }

    [Fact]
    public async Task in_a_circle_while_everybody_spends_loses_no_point_and_makes_none()
    {
        var circle = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ledger.EnrolWith(200)));
        var given = new List<Task<Answer>>();
        var spent = new List<Task<Answer>>();
        for (var i = 0; i < 60; i++)
        {
            given.Add(Give(circle[i % 4], circle[(i + 1) % 4], 1 + (i % 90)));
            if (i % 2 == 0) spent.Add(till.Redeem(circle[i * 7 % 4], 1 + (i % 40)));
        }

        await Task.WhenAll([.. given, .. spent]);

        given.ShouldAllBe(g => g.Result.Status == 201 || g.Result.Status == 422);
        given.Count(g => g.Result.Status == 201).ShouldBeGreaterThan(20);
        var balances = await Task.WhenAll(circle.Select(till.Balance));
        balances.ShouldAllBe(b => b >= 0);
        balances.Sum().ShouldBe(800 - spent.Where(s => s.Result.Status == 201).Sum(s => s.Result.Number("points")));
        foreach (var member in circle)
        {
            var stored = (await ledger.Store.Load<Account>(member.Id))!;
            stored.State.Balance(DateTimeOffset.UtcNow).Value.ShouldBe(balances[Array.IndexOf(circle, member)]);
            stored.State.Lots.ShouldAllBe(lot => lot.Remaining.Value > 0);
        }
    }

    private Task<Answer> Give(Member from, Member to, long points, Guid? id = null) =>
        desk.Post("/v1/transfers", new { transferId = id ?? Guid.NewGuid(), fromAccount = from.Id, toAccount = to.Id, points, kind = "gift" });
}
