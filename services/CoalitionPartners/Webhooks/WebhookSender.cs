using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Loyalty.CoalitionPartners.Domain.Webhooks;
using Loyalty.CoalitionPartners.Storage;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>Sends one event to one endpoint, once, and says how it went.</summary>
internal sealed class WebhookSender : IDisposable
{
    private const int MostOfAnswer = 64 * 1024;
    private const string TraceParentHeader = "traceparent";
    private static readonly ActivitySource Spans = new("Loyalty.Webhooks");

    // Addresses are looked up again when connections are made again.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly TimeSpan timeout;

    public WebhookSender(WebhookAddresses addresses, WebhookSettings settings, TimeProvider clock)
    {
        this.clock = clock;
        timeout = settings.Timeout;
        http = new(new SocketsHttpHandler
        {
            ConnectCallback = addresses.Connect,
            ConnectTimeout = settings.Timeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxResponseDrainSize = 0,
        })
        {
            // Each attempt has its own limit, its answer included.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <param name="ct">Ends the attempt with this process: it is none then.</param>
    /// <returns>How it went, and what the receiver wants to be waited for.</returns>
    public async Task<(DeliveryAttempt Attempt, TimeSpan? RetryAfter)> Send(DueDelivery delivery, CancellationToken ct)
    {
        using var span = Spans.StartActivity("deliver webhook", ActivityKind.Producer, delivery.TraceParent);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(timeout);
        var at = clock.GetUtcNow();
        var started = clock.GetTimestamp();
        try
        {
            using var request = Request(delivery, at, span?.Id ?? delivery.TraceParent);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await Beginning(answer.Content, limit.Token);
            return (Went((int)answer.StatusCode, null, DeliveryAttempt.Neutral(body.Span)), RetryAfter(answer.Headers.RetryAfter, at));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (Went(null, "timeout", null), null);
        }
        catch (Exception e) when (e is AddressNotAllowedException || e.InnerException is AddressNotAllowedException)
        {
            return (Went(null, "address-not-allowed", null), null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (Went(null, "connection-failed", null), null);
        }

        DeliveryAttempt Went(int? status, string? fault, string? answer)
        {
            span?.SetTag("http.response.status_code", status).SetTag("error.type", fault);
            return new(at, (long)clock.GetElapsedTime(started).TotalMilliseconds, status, fault, answer);
        }
    }

    public void Dispose() => http.Dispose();

    private static HttpRequestMessage Request(DueDelivery delivery, DateTimeOffset at, string? traceParent)
    {
        var id = delivery.EventId.ToString();
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Url) { Content = new StringContent(delivery.Body, Encoding.UTF8, CloudEvent.MediaType) };
        request.Headers.UserAgent.Add(new("Loyalty-Webhooks", "1"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(delivery.Secrets, id, at, delivery.Body));
        if (traceParent is not null) request.Headers.TryAddWithoutValidation(TraceParentHeader, traceParent);
        return request;
    }

    // What comes after it is not read; the connection is given up then.
    private static async Task<ReadOnlyMemory<byte>> Beginning(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var bytes = new byte[MostOfAnswer];
        return bytes.AsMemory(0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct));
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? asked, DateTimeOffset at) => asked?.Delta ?? (asked?.Date is { } date ? date - at : null);
}
