using Loyalty.Commands;
using Loyalty.PointsLedger.Lanes;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

/// <summary>What must hold after any postings in any interleaving, through two replicas with tiny batches.</summary>
[Collection(nameof(LedgerDatabase))]
public sealed class AnyPostings(LedgerDatabase ledger)
{
    private const int Accounts = 3;
    private const int Clients = 12;
    private const int Steps = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task add_up_to_what_was_answered(int seed)
    {
        await using var one = ledger.OpenReplica(count: 2, batchSize: 3);
        await using var other = ledger.OpenReplica(count: 2, batchSize: 7);
        var members = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(_ => ledger.Enrol()));
        var clients = Enumerable.Range(0, Clients).Select(c => new Client(ledger, [one, other], members, new Random((seed * 100) + c))).ToList();

        await Task.WhenAll(clients.Select(client => Task.Run(() => client.Run(Steps))));

        for (var m = 0; m < Accounts; m++)
        {
            var account = await ledger.Audited(members[m]);
            (account.Balance(DateTimeOffset.UtcNow).Value - account.Debt.Value).ShouldBe(clients.Sum(c => c.Effects[m]), $"account {m}");
        }
    }

    /// <summary>Posts one thing after another at random, often twice and at both replicas, and sums up what it is answered.</summary>
    private sealed class Client(LedgerDatabase ledger, Replica[] replicas, Member[] members, Random random)
    {
        private readonly List<(string Id, int Member, bool IsPurchase)> mine = [];

        public long[] Effects { get; } = new long[members.Length];

        public async Task Run(int steps)
        {
            for (var i = 0; i < steps; i++) await Step();
        }

        private async Task Step()
        {
            var (member, id) = (random.Next(members.Length), ledger.NewName("t"));
            switch (random.Next(8))
            {
                case < 3:
                    Take(member, await Post(ledger.Buy(members[member], random.Next(1, 60), id)), a => a.Points);
                    mine.Add((id, member, true));
                    break;
                case < 5:
                    Take(member, await Post(ledger.Redeem(members[member], random.Next(1, 40), id)), a => -a.Points);
                    mine.Add((id, member, false));
                    break;
                case 5 when Pick() is { } bought:
                    Take(bought.Member, await Post(ledger.Return(bought.Id, random.Next(1, 40), id)), a => -a.Points);
                    break;
                case 6 when Pick() is { } original:
                    Take(original.Member, await Post(ledger.Reverse(original.Id, id)), a => original.IsPurchase ? -a.Points : a.Points);
                    break;
                case 7:
                    await ReverseAtOnce(member, id);
                    break;
            }
        }

        // The original and its reversal at the same moment: whichever is first, nothing is left.
        private async Task ReverseAtOnce(int member, string id)
        {
            var bought = Post(ledger.Buy(members[member], random.Next(1, 60), id));
            var reversed = Post(ledger.Reverse(id));
            Take(member, await bought, a => a.Points);
            Take(member, await reversed, a => -a.Points);
        }

        private void Take<TAnswer>(int member, Outcome<TAnswer> outcome, Func<TAnswer, long> effect)
        {
            if (outcome is Outcome<TAnswer>.Accepted { Answer: var answer }) Effects[member] += effect(answer);
        }

        private async Task<Outcome<TAnswer>> Post<TAnswer>(IPosting<TAnswer> command) where TAnswer : class
        {
            var (first, second) = (random.Next(replicas.Length), random.Next(3 * replicas.Length));
            var answer = replicas[first].Post(command);
            if (second >= replicas.Length) return await answer;
            var again = await replicas[second].Post(command);
            Text(await answer).ShouldBe(Text(again));
            return again;
        }

        private (string Id, int Member, bool IsPurchase)? Pick() => mine.Count == 0 ? null : mine[random.Next(mine.Count)];

        private static string Text<TAnswer>(Outcome<TAnswer> outcome) => System.Text.Json.JsonSerializer.Serialize<object>(outcome switch
        {
            Outcome<TAnswer>.Accepted accepted => accepted.Answer!,
            Outcome<TAnswer>.Refused { Refusal: var refusal } => refusal.Code,
            _ => outcome.GetType().Name,
        });
    }
}
