using Loyalty.CoalitionPartners.Domain.Webhooks;

namespace Loyalty.CoalitionPartners.Webhooks;

/// <summary>What is set for webhooks, under <c>Webhooks:</c>.</summary>
/// <param name="AllowPrivate">Whether they may be sent anywhere, over http too and on any port. For tests on one's own machine only.</param>
/// <param name="Ports">On which ports they may be sent.</param>
/// <param name="Timeout">How long an attempt may take, its answer included.</param>
/// <param name="Schedule">When a delivery is tried again.</param>
/// <param name="PerEndpoint">Attempts under way at one endpoint; one alone while it fails.</param>
/// <param name="AtOnce">Attempts under way at endpoints that are well, and as many again at those that fail.</param>
/// <param name="Keep">How long deliveries that are done with are kept; the log keeps what was told for ever.</param>
/// <param name="SecretOverlap">How long a secret signs beside the one after it.</param>
/// <param name="Source">The coalition, as it names itself in events.</param>
internal sealed record WebhookSettings(
    bool AllowPrivate, IReadOnlyList<int> Ports, TimeSpan Timeout, RetrySchedule Schedule, int PerEndpoint, int AtOnce, TimeSpan Keep, TimeSpan SecretOverlap, string Source)
{
    public static readonly WebhookSettings Usual = new(
        AllowPrivate: false, [443], TimeSpan.FromSeconds(15), RetrySchedule.Usual, PerEndpoint: 8, AtOnce: 128, TimeSpan.FromDays(30), TimeSpan.FromDays(1), "/");

    public static WebhookSettings Of(IConfiguration configuration)
    {
        var set = configuration.GetSection("Webhooks");
        return new(
            set.GetValue(nameof(AllowPrivate), Usual.AllowPrivate),
            set.GetSection(nameof(Ports)).Get<int[]>() is { Length: > 0 } ports ? ports : Usual.Ports,
            set.GetValue(nameof(Timeout), Usual.Timeout),
            set.GetSection("RetryAfter").Get<TimeSpan[]>() is { Length: > 0 } waits ? new(waits) : Usual.Schedule,
            set.GetValue(nameof(PerEndpoint), Usual.PerEndpoint),
            set.GetValue(nameof(AtOnce), Usual.AtOnce),
            set.GetValue(nameof(Keep), Usual.Keep),
            set.GetValue(nameof(SecretOverlap), Usual.SecretOverlap),
            set[nameof(Source)] ?? configuration["Auth:Authority"] ?? Usual.Source);
    }
}
