using Loyalty.CoalitionPartners.Domain;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class SendingBatches
{
    private static readonly SendingPolicy Policy = new(Chunk: 10, Window: 30, TimeSpan.FromMinutes(2));

    [Theory, InlineData(0, 0, true), InlineData(29, 0, true), InlineData(30, 0, false), InlineData(30, 1, true), InlineData(0, 5, true)]
    public void keeps_so_many_lines_on_their_way(int sent, int answered, bool may) => Policy.MaySend(sent, answered).ShouldBe(may);

    [Theory, InlineData(1, 119, false), InlineData(1, 120, true), InlineData(2, 120, false), InlineData(2, 240, true), InlineData(60, 3599, false), InlineData(60, 3600, true)]
    public void waits_longer_with_every_round_and_an_hour_at_most(int round, int seconds, bool stuck) =>
        Policy.IsStuck(round, TimeSpan.FromSeconds(seconds)).ShouldBe(stuck);

    [Fact]
    public void counts_every_line_once() => new BatchCounts(10, 1, 2, 3, 1).Waiting.ShouldBe(3);
}
