using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>Whether events are sent to an endpoint.</summary>
internal enum WebhookStatus
{
    Active,
    Paused,

    /// <summary>Its receiver answered 410 Gone.</summary>
    Disabled,
}

/// <summary>An address to which a partner wants to be told what happens to it.</summary>
/// <param name="PreviousSecretUntil">Until when the secret before the last rotation signs too; null where it was never rotated.</param>
internal sealed record Webhook(
    Guid Id, string Url, IReadOnlyList<string> Types, WebhookStatus Status, DateTimeOffset RegisteredAt, DateTimeOffset? PreviousSecretUntil)
{
    /// <summary>Whether two secrets sign at this time.</summary>
    public bool IsRotating(DateTimeOffset at) => PreviousSecretUntil > at;
}

/// <summary>All endpoints of a partner.</summary>
/// <param name="Removed">Ids of those it has removed.</param>
internal sealed record PartnerWebhooks(Guid Id, IReadOnlyList<Webhook> Webhooks, IReadOnlyList<Guid> Removed) : IAggregate<PartnerWebhooks>
{
    /// <summary>Every event is sent to each of them, so there are a few at most.</summary>
    public const int Most = 10;

    public static string Alias => "partner_webhooks";

    public static PartnerWebhooks Initial(Guid streamId) => new(streamId, [], []);

    public static Guid IdOf(PartnerId partner) => NamedGuid.From(partner.Value, "webhooks");

    public Webhook? Find(Guid webhook) => Webhooks.FirstOrDefault(w => w.Id == webhook);

    public Decision<WebhookFact> Register(PartnerId partner, Guid webhook, string url, IReadOnlyList<string> types, DateTimeOffset at)
    {
        if (types.FirstOrDefault(t => t != PartnerEventTypes.Every && !PartnerEventTypes.All.Contains(t)) is { } unknown)
            return WebhookRefusals.TypeUnknown(unknown);
        if (types.Count == 0)
            return WebhookRefusals.NoTypes;
        if (Webhooks.Any(w => w.Url == url))
            return WebhookRefusals.Exists;
        return Webhooks.Count < Most
            ? Decision<WebhookFact>.Accept(new WebhookRegistered(partner, webhook, url, [.. types.Distinct()], at))
            : WebhookRefusals.TooMany;
    }

    /// <summary>Nothing more happens when it is removed again.</summary>
    public Decision<WebhookFact> Remove(PartnerId partner, Guid webhook, DateTimeOffset at) =>
        Removed.Contains(webhook) ? Decision<WebhookFact>.Accept() :
        Find(webhook) is null ? WebhookRefusals.Unknown : Decision<WebhookFact>.Accept(new WebhookRemoved(partner, webhook, at));

    public Decision<WebhookFact> Pause(PartnerId partner, Guid webhook, DateTimeOffset at) => Find(webhook) switch
    {
        null => WebhookRefusals.Unknown,
        { Status: WebhookStatus.Paused } => Decision<WebhookFact>.Accept(),
        _ => Decision<WebhookFact>.Accept(new WebhookPaused(partner, webhook, at)),
    };

    /// <summary>Also where its receiver had said that it is gone.</summary>
    public Decision<WebhookFact> Resume(PartnerId partner, Guid webhook, DateTimeOffset at) => Find(webhook) switch
    {
        null => WebhookRefusals.Unknown,
        { Status: WebhookStatus.Active } => Decision<WebhookFact>.Accept(),
        _ => Decision<WebhookFact>.Accept(new WebhookResumed(partner, webhook, at)),
    };

    /// <summary>The receiver is gone. Nothing more happens where nothing is sent any more anyway.</summary>
    public Decision<WebhookFact> Disable(PartnerId partner, Guid webhook, DateTimeOffset at) => Find(webhook) is { Status: WebhookStatus.Active }
        ? Decision<WebhookFact>.Accept(new WebhookDisabled(partner, webhook, at))
        : Decision<WebhookFact>.Accept();

    /// <summary>
    /// A new secret, beside which the one before goes on for a while. While two sign, rotating again replaces the newer one and the older
    /// one keeps its time, so that an answer that was lost can be asked for again.
    /// </summary>
    public Decision<WebhookFact> Rotate(PartnerId partner, Guid webhook, TimeSpan overlap, DateTimeOffset at) => Find(webhook) is { } found
        ? Decision<WebhookFact>.Accept(new WebhookSecretRotated(partner, webhook, found.IsRotating(at) ? found.PreviousSecretUntil!.Value : at + overlap, at))
        : WebhookRefusals.Unknown;

    public PartnerWebhooks When(object @event) => @event switch
    {
        WebhookRegistered e => this with { Webhooks = [.. Webhooks, new(e.Webhook, e.Url, e.Types, WebhookStatus.Active, e.RegisteredAt, null)] },
        WebhookRemoved e => this with { Webhooks = [.. Webhooks.Where(w => w.Id != e.Webhook)], Removed = [.. Removed, e.Webhook] },
        WebhookPaused e => With(e.Webhook, w => w with { Status = WebhookStatus.Paused }),
        WebhookResumed e => With(e.Webhook, w => w with { Status = WebhookStatus.Active }),
        WebhookDisabled e => With(e.Webhook, w => w with { Status = WebhookStatus.Disabled }),
        WebhookSecretRotated e => With(e.Webhook, w => w with { PreviousSecretUntil = e.PreviousUntil }),
        _ => throw new InvalidOperationException($"{@event.GetType().Name} is no fact of a partner's webhooks."),
    };

    private PartnerWebhooks With(Guid webhook, Func<Webhook, Webhook> change) =>
        this with { Webhooks = [.. Webhooks.Select(w => w.Id == webhook ? change(w) : w)] };
}

/// <summary>Why something about webhooks is refused.</summary>
internal static class WebhookRefusals
{
    public static readonly Refusal Unknown = new("webhook-unknown", "There is no such webhook. Check its id.");

    public static readonly Refusal Exists = new("webhook-exists", "There is a webhook for this address. Its secret was shown once; if it is lost, rotate it.");

    public static readonly Refusal TooMany = new("too-many-webhooks", $"A partner has {PartnerWebhooks.Most} webhooks at most. Remove one first.");

    public static readonly Refusal NoTypes = new("event-type-unknown", "A webhook without a type of events would be told nothing. Send some types, or '*' for all.");

    public static readonly Refusal NotActive = new("webhook-not-active", "The webhook is paused or disabled, so nothing is sent to it. Resume it first.");

    public static Refusal TypeUnknown(string type) =>
        new("event-type-unknown", $"There is no type of events '{type}'. There are {string.Join(", ", PartnerEventTypes.All)}, and '*' for all of them.");

    public static Refusal Address(string why) => new("webhook-address-not-allowed", why);
}
