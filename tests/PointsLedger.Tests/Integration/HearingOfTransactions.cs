using Loyalty.Contracts;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Domain;
using Loyalty.Testing;
using Shouldly;
using Xunit;
using Cards = Loyalty.Contracts.Cards.V1;
using Partners = Loyalty.Contracts.CoalitionPartners.V1;

namespace Loyalty.PointsLedger.Tests.Integration;

/// <summary>Transactions that partners have submitted in batches come as messages.</summary>
[Collection(nameof(RunningLedger))]
public class HearingOfTransactions(RunningLedger ledger)
{
    private static readonly string Queue = Subscriptions.PointsLedgerTransactions.Queue;

    private readonly Till till = ledger.Till(ledger.Grocery);
    private readonly DateTimeOffset at = DateTimeOffset.UtcNow;

    [Fact]
    public async Task posts_each_once_however_often_and_in_whatever_message_it_is_delivered()
    {
        var member = await ledger.Enrol();
        var (bought, spent, back) = (ledger.NewId(), ledger.NewId(), ledger.NewId());
        var messages = new[] { Purchase(bought, member, 100_00), Redemption(spent, member, 30), Return(back, bought, 40_00) };
        var ids = messages.Select(_ => Guid.NewGuid()).ToList();

        for (var i = 0; i < messages.Length; i++) await ledger.Messages.Publish(ids[i], messages[i]);
        await Eventually.Holds(async () => await till.Balance(member) == 30);
        for (var times = 0; times < 3; times++)
        {
            for (var i = 0; i < messages.Length; i++) await ledger.Messages.Publish(ids[i], messages[i]);
            foreach (var message in messages) await ledger.Publish(message);
        }

        await Settled();
        (await till.Balance(member)).ShouldBe(30);
        (await ledger.Store.FetchStream(member.Id)).Select(e => e.Data).OfType<ITransactionFact>().Select(f => f.Transaction.Id.Value).ShouldBe([bought, spent, back]);
        (await ledger.Count($"event_origins o join mt_events e using (seq_id) where e.stream_id = '{member.Id}' and o.caused_by = 'partner:GROCERY/batch'")).ShouldBe(3);
    }

    [Fact]
    public async Task takes_a_transaction_of_a_till_and_of_a_batch_for_one()
    {
        var member = await ledger.Enrol();
        var id = ledger.NewId();
        (await till.Buy(member, 10, id, at.ToString("O", System.Globalization.CultureInfo.InvariantCulture))).ShouldBe(201);
        await ledger.Publish(Purchase(id, member, 10_00));
        await Settled();
        (await till.Balance(member)).ShouldBe(10);
        (await Parked()).ShouldNotContain(body => body.Contains($"\"{id}\""));
    }

    [Fact]
    public async Task ends_with_a_refusal_for_good_and_posts_the_others_of_the_batch()
    {
        var member = await ledger.EnrolWith(10);
        var refused = ledger.NewId();
        await ledger.Publish(Redemption(refused, member, 1_000));
        await ledger.Publish(Redemption(ledger.NewId(), member, 4));
        await Eventually.Holds(async () => await till.Balance(member) == 6);
        (await ledger.Count($"transactions where transaction_id = '{refused}' and refused")).ShouldBe(1);
        (await Parked()).ShouldNotContain(body => body.Contains($"\"{refused}\""));
    }

    [Fact]
    public async Task parks_a_transaction_with_an_unknown_card_alone_and_posts_it_when_it_is_sent_again_after_the_card_was_told_of()
    {
        var (known, unknown) = (await ledger.Enrol(), Stranger("0000001"));
        var parked = ledger.NewId();
        await ledger.Publish(Purchase(ledger.NewId(), known, 1_00));
        await ledger.Publish(Purchase(parked, unknown, 5_00));
        await ledger.Publish(Purchase(ledger.NewId(), known, 2_00));

        await Eventually.Holds(async () => await till.Balance(known) == 3);
        await Eventually.Holds(async () => (await Parked()).Count(body => body.Contains($"\"{parked}\"")) == 1);
        (await ledger.Count($"transactions where transaction_id = '{parked}'")).ShouldBe(0);

        await ledger.Publish(new Cards.CardLinked(unknown.CardId, unknown.Card, unknown.Barcode, unknown.Id, at, 3));
        await Eventually.Holds(async () => (await till.Get($"/v1/cards/{unknown.Card}/balance")).Status == 200);
        await new DeadLetters(ledger.Broker).Redrive(Queue);

        await Eventually.Holds(async () => await till.Balance(unknown) == 5);
        (await Parked()).ShouldNotContain(body => body.Contains($"\"{parked}\""));
    }

    [Fact]
    public async Task parks_what_can_be_no_transaction_and_says_why()
    {
        var member = await ledger.Enrol();
        var bad = new Dictionary<Partners.TransactionSubmitted, string>
        {
            [Purchase(ledger.NewId(), member, 5_00) with { AmountMinor = null }] = "amount",
            [Purchase(ledger.NewId(), member, 5_00) with { Kind = "gift" }] = "type",
            [Purchase(ledger.NewId(), member, -5_00)] = "",
            [Purchase(ledger.NewId(), member, 5_00) with { Currency = "XXX" }] = "",
            [Purchase("a b", member, 5_00)] = "id that no transaction can have",
            [Redemption(ledger.NewId(), member, 0)] = "",
        };
        foreach (var message in bad.Keys) await ledger.Publish(message);
        await ledger.Publish(Purchase(ledger.NewId(), member, 7_00));

        await Eventually.Holds(async () => await till.Balance(member) == 7);
        var letters = new List<DeadLetter>();
        await Eventually.Holds(async () =>
        {
            letters = [.. (await new DeadLetters(ledger.Broker).List(1_000)).Where(q => q.Queue == Queue).SelectMany(q => q.First).Where(l => l.Body.Contains(member.Card))];
            letters.Count.ShouldBe(bad.Count);
        });
        foreach (var reason in bad.Values.Where(r => r.Length > 0)) letters.ShouldContain(l => l.Reason!.Contains(reason));
        (await till.Balance(member)).ShouldBe(7);
    }

    [Fact]
    public async Task loses_and_parks_nothing_when_the_service_is_stopped_in_the_middle()
    {
        var members = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ledger.Enrol()));
        var ids = Enumerable.Range(0, 1_500).Select(_ => ledger.NewId()).ToList();
        var publishing = Parallel.ForAsync(0, ids.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            await ledger.Publish(Purchase(ids[i], members[i % members.Length], 1_00)));

        await Eventually.Holds(async () => await Posted() > ids.Count / 5, TimeSpan.FromSeconds(60));
        await ledger.Restart();
        await publishing;

        await Eventually.Holds(async () => await Posted() == ids.Count, TimeSpan.FromSeconds(60));
        (await Task.WhenAll(members.Select(till.Balance))).Sum().ShouldBe(ids.Count);
        (await Parked()).ShouldNotContain(body => members.Any(m => body.Contains(m.Card)));

        Task<long> Posted() => ledger.Count($"transactions where account_id in ({string.Join(',', members.Select(m => $"'{m.Id}'"))})");
    }

    private Partners.TransactionSubmitted Purchase(string id, Member member, long cents) =>
        new(ledger.Grocery.Id, id, "purchase", member.Card, "MAIN", cents, "EUR", null, null, at, false, "partner:GROCERY/batch");

    private Partners.TransactionSubmitted Redemption(string id, Member member, long points) =>
        new(ledger.Grocery.Id, id, "redemption", member.Card, "MAIN", null, null, points, null, at, false, "partner:GROCERY/batch");

    private Partners.TransactionSubmitted Return(string id, string purchase, long cents) =>
        new(ledger.Grocery.Id, id, "return", null, null, cents, "EUR", null, purchase, at, false, "partner:GROCERY/batch");

    private static Member Stranger(string number) =>
        new(Guid.NewGuid(), Guid.NewGuid(), RunningLedger.WithLuhn("62764850" + number), RunningLedger.WithEan("29500" + number));

    private async Task<IReadOnlyList<string>> Parked() =>
        [.. (await new DeadLetters(ledger.Broker).List(1_000)).Where(q => q.Queue == Queue).SelectMany(q => q.First).Select(l => l.Body)];

    // Messages of one queue take effect in order.
    private async Task Settled()
    {
        var member = await ledger.Enrol();
        await ledger.Publish(Purchase(ledger.NewId(), member, 1_00));
        await Eventually.Holds(async () => await till.Balance(member) == 1);
    }
}
