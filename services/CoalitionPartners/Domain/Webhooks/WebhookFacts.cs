using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Webhooks;

// The facts of a partner's webhooks. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
// No secret is among them: what stands in the log stays there for ever.
internal abstract record WebhookFact;

/// <param name="Types">Of which events it is told; <c>*</c> for all.</param>
internal sealed record WebhookRegistered(PartnerId Partner, Guid Webhook, string Url, IReadOnlyList<string> Types, DateTimeOffset RegisteredAt) : WebhookFact;

internal sealed record WebhookRemoved(PartnerId Partner, Guid Webhook, DateTimeOffset RemovedAt) : WebhookFact;

/// <summary>Nothing is sent until it is resumed; what happens meanwhile waits.</summary>
internal sealed record WebhookPaused(PartnerId Partner, Guid Webhook, DateTimeOffset PausedAt) : WebhookFact;

internal sealed record WebhookResumed(PartnerId Partner, Guid Webhook, DateTimeOffset ResumedAt) : WebhookFact;

/// <summary>Its receiver has said that it is gone for good.</summary>
internal sealed record WebhookDisabled(PartnerId Partner, Guid Webhook, DateTimeOffset DisabledAt) : WebhookFact;

/// <param name="PreviousUntil">Until when the secret before signs too.</param>
internal sealed record WebhookSecretRotated(PartnerId Partner, Guid Webhook, DateTimeOffset PreviousUntil, DateTimeOffset RotatedAt) : WebhookFact;
