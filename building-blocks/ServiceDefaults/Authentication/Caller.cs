using Loyalty.EventStore;
using Loyalty.Kernel;
using Microsoft.AspNetCore.Http;

namespace Loyalty.ServiceDefaults;

/// <summary>Who sends a request, as its access token says.</summary>
/// <param name="Partner">The partner, or null for an operator's client.</param>
/// <param name="PartnerCode">The partner's short code, or null.</param>
/// <param name="ClientId">The client the token was issued to.</param>
/// <param name="Scopes">What it may do.</param>
public sealed record Caller(PartnerId? Partner, string? PartnerCode, string ClientId, IReadOnlySet<string> Scopes)
{
    private static readonly Guid KeySpaces = new("5d6f0b1e-3c0f-4f0e-8a63-9c2a0c6d7f52");

    /// <summary>Within what the request ids of a client that is no partner's are unique: the client.</summary>
    public Guid KeySpace => NamedGuid.From(KeySpaces, ClientId);

    /// <summary>Whether the token carries a scope.</summary>
    public bool Has(string scope) => Scopes.Contains(scope);

    private readonly string name = Partner is null ? $"operator:{ClientId}" : $"partner:{PartnerCode ?? Partner.ToString()}/{ClientId}";

    /// <summary>Whom to name as the cause of what is stored for this request.</summary>
    public Origin Origin => Origin.Of(name);
}

/// <summary>Finds the caller of a request.</summary>
public static class CallerOfRequest
{
    /// <summary>The caller; only behind <c>RequireScope</c>.</summary>
    public static Caller Caller(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint lets in callers without a token. Call RequireScope on it.");
    }

    /// <summary>The partner that calls; 403 for an operator, who has no transactions of its own.</summary>
    public static PartnerId Partner(this HttpContext http) => http.Caller().Partner
        ?? throw new ProblemException(Problem.Of(403, "partner-required", "Only a partner's client may do this; the token belongs to none."));
}
