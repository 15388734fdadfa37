using Loyalty.CoalitionPartners.Domain.Webhooks;

namespace Loyalty.CoalitionPartners.Tests.Domain.Webhooks;

public sealed class TryingAgain
{
    private static readonly RetrySchedule Usual = RetrySchedule.Usual;

    [Theory]
    [InlineData(200), InlineData(204), InlineData(299)]
    public void is_not_needed_after_any_success(int status) => Usual.Judge(1, status, null, 0.5).ShouldBe(new Verdict.Delivered());

    [Theory]
    [InlineData(null), InlineData(100), InlineData(302), InlineData(400), InlineData(429), InlineData(500)]
    public void happens_after_anything_else(int? status) => Usual.Judge(1, status, null, 0).ShouldBe(new Verdict.Again(TimeSpan.FromSeconds(5)));

    [Fact]
    public void takes_longer_and_longer_and_ends_after_ten_attempts()
    {
        var waits = Enumerable.Range(1, 9).Select(attempt => Usual.Judge(attempt, 500, null, 0).ShouldBeOfType<Verdict.Again>().After).ToList();
        waits.ShouldBe(waits.Order());
        waits.Aggregate((a, b) => a + b).ShouldBe(new TimeSpan(days: 3, hours: 3, minutes: 35, seconds: 5));
        Usual.Judge(10, 500, null, 0).ShouldBe(new Verdict.GivenUp());
    }

    [Fact]
    public void is_spread_so_that_not_all_come_at_once() => Usual.Judge(2, 500, null, 1).ShouldBe(new Verdict.Again(TimeSpan.FromMinutes(6)));

    [Theory]
    [InlineData(60, 60), InlineData(1, 5), InlineData(-60, 5), InlineData(86_400, 86_400), InlineData(31_536_000, 86_400)]
    public void waits_as_long_as_the_receiver_asks_within_a_day(int asked, int waited) =>
        Usual.Judge(1, 503, TimeSpan.FromSeconds(asked), 0).ShouldBe(new Verdict.Again(TimeSpan.FromSeconds(waited)));

    [Fact]
    public void waits_for_somebody_to_resume_it_when_the_receiver_is_gone()
    {
        Usual.Judge(1, 410, null, 0).ShouldBe(new Verdict.Again(TimeSpan.FromSeconds(5), Gone: true));
        Usual.Judge(10, 410, null, 0).ShouldBe(new Verdict.Again(TimeSpan.FromHours(24), Gone: true));
    }
}
