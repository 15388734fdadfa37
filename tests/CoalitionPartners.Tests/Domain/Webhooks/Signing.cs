using Loyalty.CoalitionPartners.Domain.Webhooks;

namespace Loyalty.CoalitionPartners.Tests.Domain.Webhooks;

public sealed class Signing
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
    private static readonly byte[] Secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    [Fact]
    public void agrees_with_the_example_that_standard_webhooks_publishes() =>
        WebhookSignature.Of([Secret], Id, At, Body).ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public void covers_id_time_and_body()
    {
        string[] signatures =
        [
            WebhookSignature.Of([Secret], Id, At, Body), WebhookSignature.Of([Secret], Id + "x", At, Body), WebhookSignature.Of([Secret], Id, At.AddSeconds(1), Body),
            WebhookSignature.Of([Secret], Id, At, Body + " "), WebhookSignature.Of([[.. Secret, 1]], Id, At, Body),
        ];
        signatures.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public void is_done_with_both_secrets_while_one_follows_the_other()
    {
        byte[] newer = [1, 2, 3];
        WebhookSignature.Of([newer, Secret], Id, At, Body).Split(' ')
            .ShouldBe([WebhookSignature.Of([newer], Id, At, Body), WebhookSignature.Of([Secret], Id, At, Body)]);
    }

    [Fact]
    public void shows_secrets_as_receivers_expect_them() => WebhookSignature.Shown(Secret).ShouldBe("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
}
