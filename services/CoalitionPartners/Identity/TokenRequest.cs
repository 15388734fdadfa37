using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Loyalty.CoalitionPartners.Identity;

/// <summary>What RFC 6749 §5.2 lets a token endpoint answer when it gives no token.</summary>
internal sealed record TokenRefusal(int Status, string Error, string Description)
{
    public static readonly TokenRefusal InvalidClient =
        new(StatusCodes.Status401Unauthorized, "invalid_client", "The client is unknown or its secret is wrong.");

    public static TokenRefusal InvalidRequest(string description) => new(StatusCodes.Status400BadRequest, "invalid_request", description);
}

/// <summary>A request for a token with client credentials, RFC 6749 §4.4.2.</summary>
/// <param name="Scope">The scopes asked for; null for all that the client has.</param>
internal sealed record TokenRequest(string ClientId, string ClientSecret, IReadOnlyList<string>? Scope)
{
    /// <summary>Reads a request; what is not one is refused.</summary>
    public static (TokenRequest? Request, TokenRefusal? Refusal) Read(IFormCollection form, StringValues authorization)
    {
        if (form.Any(p => p.Value.Count > 1))
            return (null, TokenRefusal.InvalidRequest("A parameter was sent twice. Send each once."));
        if (form["grant_type"].ToString() is not { Length: > 0 } grant)
            return (null, TokenRefusal.InvalidRequest("grant_type is missing. Send client_credentials."));
        if (grant != "client_credentials")
            return (null, new(StatusCodes.Status400BadRequest, "unsupported_grant_type", "The only grant here is client_credentials."));

        var inForm = form.ContainsKey("client_id") || form.ContainsKey("client_secret");
        if (authorization.Count > 0 && form.ContainsKey("client_secret"))
            return (null, TokenRefusal.InvalidRequest("Authenticate in one way: by the Authorization header or by client_id and client_secret in the form."));
        var (id, secret) = authorization.Count > 0 ? Basic(authorization.ToString()) : inForm ? (form["client_id"].ToString(), form["client_secret"].ToString()) : ("", "");
        if (id.Length == 0 || secret.Length == 0 || (authorization.Count > 0 && form.ContainsKey("client_id") && form["client_id"] != id))
            return (null, TokenRefusal.InvalidClient);

        var scope = form["scope"].ToString();
        return (new(id, secret, scope.Length == 0 ? null : scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)), null);
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
