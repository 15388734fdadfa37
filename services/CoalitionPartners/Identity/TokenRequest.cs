using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>What RFC 6749 §5.2 lets a token endpoint answer when it gives no token.</summary>
internal sealed record TokenRefusal(int Status, string Error, string Description)
{
    public static readonly TokenRefusal InvalidClient =
        new(StatusCodes.Status401Unauthorized, "invalid_client", "The client is unknown, or its secret or its assertion is wrong.");

    public static TokenRefusal InvalidRequest(string description) => new(StatusCodes.Status400BadRequest, "invalid_request", description);
}

/// <summary>A request for a token with client credentials, RFC 6749 §4.4.2.</summary>
/// <param name="ClientSecret">Empty where an assertion is sent in its place.</param>
/// <param name="Assertion">A JWT signed by the client, RFC 7523 §2.2; null where a secret is sent.</param>
/// <param name="Scope">The scopes asked for; null for all that the client has.</param>
internal sealed record TokenRequest(string ClientId, string ClientSecret, string? Assertion, IReadOnlyList<string>? Scope)
{
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Reads a request; what is not one is refused.</summary>
    public static (TokenRequest? Request, TokenRefusal? Refusal) Read(IFormCollection form, StringValues authorization)
    {
        if (form.Any(p => p.Value.Count > 1))
            return (null, TokenRefusal.InvalidRequest("A parameter was sent twice. Send each once."));
        if (form["grant_type"].ToString() is not { Length: > 0 } grant)
            return (null, TokenRefusal.InvalidRequest("grant_type is missing. Send client_credentials."));
        if (grant != "client_credentials")
            return (null, new(StatusCodes.Status400BadRequest, "unsupported_grant_type", "The only grant here is client_credentials."));

        var ways = (authorization.Count > 0 ? 1 : 0) + (form.ContainsKey("client_secret") ? 1 : 0) + (form.ContainsKey("client_assertion") ? 1 : 0);
        if (ways > 1)
            return (null, TokenRefusal.InvalidRequest("Authenticate in one way: by the Authorization header, by client_id and client_secret in the form, or by client_assertion."));
        var scope = form["scope"].ToString();
        var scopes = scope.Length == 0 ? null : scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (form.ContainsKey("client_assertion"))
            return Asserted(form, scopes);

        var (id, secret) = authorization.Count > 0 ? Basic(authorization.ToString()) : (form["client_id"].ToString(), form["client_secret"].ToString());
        if (id.Length == 0 || secret.Length == 0 || (authorization.Count > 0 && form.ContainsKey("client_id") && form["client_id"] != id))
            return (null, TokenRefusal.InvalidClient);
        return (new(id, secret, null, scopes), null);
    }

    private static (TokenRequest? Request, TokenRefusal? Refusal) Asserted(IFormCollection form, string[]? scopes)
    {
        if (form["client_assertion_type"] != AssertionType)
            return (null, TokenRefusal.InvalidRequest($"client_assertion_type must be {AssertionType}."));
        var assertion = form["client_assertion"].ToString();
        return ClientAssertions.ClaimedBy(assertion) is { } client && (!form.ContainsKey("client_id") || form["client_id"] == client)
            ? (new(client, "", assertion, scopes), null)
            : (null, TokenRefusal.InvalidClient);
    }

    // Id and secret are form-encoded before they are joined, RFC 6749 §2.3.1.
    private static (string Id, string Secret) Basic(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return ("", "");
        var bytes = new byte[(value.Parameter?.Length ?? 0) + 4];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length))
            return ("", "");
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        return parts.Length == 2 ? (Decode(parts[0]), Decode(parts[1])) : ("", "");
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
