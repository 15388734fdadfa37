using System.Net;
using System.Text;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.CoalitionPartners.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Loyalty.CoalitionPartners.Tests.Webhooks;

public sealed class SendingOnce
{
    private static readonly WebhookSettings Here = WebhookSettings.Usual with { AllowPrivate = true, Timeout = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task says_how_it_was_answered()
    {
        await using var receiver = await WebhookReceiver.Start();
        receiver.Answer = http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = "120";
            return http.Response.WriteAsync("busy\u0000\u001b[2J\u202e<b>" + new string('x', 100_000));
        };
        var (attempt, retryAfter) = await Send(receiver.Url, Here);
        attempt.Status.ShouldBe(503);
        attempt.Fault.ShouldBeNull();
        attempt.Answer!.Length.ShouldBe(1000);
        attempt.Answer.ShouldStartWith("busy  [2J <b>xxx");
        retryAfter.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task follows_no_redirect()
    {
        await using var receiver = await WebhookReceiver.Start();
        receiver.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        var (attempt, _) = await Send(receiver.Url, Here);
        attempt.Status.ShouldBe(302);
        attempt.Answer.ShouldBe("");
    }

    [Fact]
    public async Task gives_up_on_an_answer_that_does_not_end()
    {
        await using var receiver = await WebhookReceiver.Start();
        receiver.Answer = async http =>
        {
            await http.Response.WriteAsync("a");
            await http.Response.Body.FlushAsync();
            await WebhookReceiver.Forever(http);
        };
        (await Send(receiver.Url, Here with { Timeout = TimeSpan.FromMilliseconds(500) })).Attempt.Fault.ShouldBe("timeout");
    }

    [Fact]
    public async Task goes_nowhere_when_a_name_leads_inside_after_it_was_registered()
    {
        await using var receiver = await WebhookReceiver.Start();
        var answers = new Queue<IPAddress>([IPAddress.Parse("93.184.216.34"), IPAddress.Loopback]);
        var settings = WebhookSettings.Usual with { Ports = [receiver.Url.Port] };
        var addresses = new WebhookAddresses(settings, (_, _) => Task.FromResult<IPAddress[]>([answers.Dequeue()]));
        var url = $"https://rebinding.example:{receiver.Url.Port}/hook";
        (await addresses.Check(url, CancellationToken.None)).Refusal.ShouldBeNull();
        (await Send(new(url), settings, addresses)).Attempt.Fault.ShouldBe("address-not-allowed");
        answers.ShouldBeEmpty();
        receiver.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task goes_nowhere_when_an_address_inside_stands_in_the_database()
    {
        await using var receiver = await WebhookReceiver.Start();
        (await Send(receiver.Url, WebhookSettings.Usual)).Attempt.Fault.ShouldBe("address-not-allowed");
        receiver.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task says_that_nobody_is_there()
    {
        var receiver = await WebhookReceiver.Start();
        await receiver.DisposeAsync();
        (await Send(receiver.Url, Here)).Attempt.Fault.ShouldBe("connection-failed");
    }

    [Fact]
    public void shows_answers_as_plain_text()
    {
        DeliveryAttempt.Neutral(Encoding.UTF8.GetBytes("a\r\nb\u0007\u2028ç€😀")).ShouldBe("a  b  ç€😀");
        DeliveryAttempt.Neutral([0x61, 0xff, 0xed, 0xa0, 0x80]).ShouldStartWith("a\ufffd");
        DeliveryAttempt.Neutral(Encoding.UTF8.GetBytes(new string('x', 999) + "😀")).Length.ShouldBe(999);
    }

    private static async Task<(DeliveryAttempt Attempt, TimeSpan? RetryAfter)> Send(Uri url, WebhookSettings settings, WebhookAddresses? addresses = null)
    {
        using var sender = new WebhookSender(addresses ?? new WebhookAddresses(settings, Dns.GetHostAddressesAsync), settings, TimeProvider.System);
        return await sender.Send(new DueDelivery(1, Guid.NewGuid(), new(Guid.NewGuid()), url, false, Guid.NewGuid(), "{}", null, 1, [[1, 2, 3]]), CancellationToken.None);
    }
}
