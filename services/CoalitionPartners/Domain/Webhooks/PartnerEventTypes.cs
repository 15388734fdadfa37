namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>The types of events that partners are told, as they stand in a CloudEvent. They are for ever: receivers branch on them.</summary>
internal static class PartnerEventTypes
{
    public const string PointsIssued = "org.loyalty.points.issued";
    public const string PointsTakenBack = "org.loyalty.points.taken-back";
    public const string PointsAccepted = "org.loyalty.points.accepted";
    public const string PointsGivenBack = "org.loyalty.points.given-back";
    public const string PointsLapsed = "org.loyalty.points.lapsed";
    public const string CycleClosed = "org.loyalty.cycle.closed";
    public const string AgreementMade = "org.loyalty.agreement.made";
    public const string BlockRunningLow = "org.loyalty.block.running-low";
    public const string ClientRegistered = "org.loyalty.client.registered";
    public const string ClientRevoked = "org.loyalty.client.revoked";

    /// <summary>Sent when a partner asks for it, whatever the endpoint is told else.</summary>
    public const string Test = "org.loyalty.webhook.test";

    /// <summary>Stands for all of them, also those that there will be.</summary>
    public const string Every = "*";

    /// <summary>All that can be asked for by name.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        PointsIssued, PointsTakenBack, PointsAccepted, PointsGivenBack, PointsLapsed, CycleClosed, AgreementMade, BlockRunningLow, ClientRegistered, ClientRevoked,
    ];

    /// <summary>How a posting is told; null for kinds that only settlement is about.</summary>
    public static string? Of(PostingKind kind) => kind switch
    {
        PostingKind.Issue or PostingKind.PrepaidIssue => PointsIssued,
        PostingKind.IssueReversal or PostingKind.PrepaidIssueReversal => PointsTakenBack,
        PostingKind.Acceptance => PointsAccepted,
        PostingKind.AcceptanceReversal => PointsGivenBack,
        PostingKind.Breakage => PointsLapsed,
        _ => null,
    };
}
