using System.Globalization;
using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Identity;

namespace Loyalty.CoalitionPartners.Features.Clients;

internal sealed record IssuedToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope")] string Scope);

internal sealed record RefusedToken(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string Description);

/// <summary>The token endpoint of OAuth 2 with client credentials (RFC 6749 §4.4), answering as OAuth has it and not as problems.</summary>
internal static class IssueToken
{
    private const int BodyBytes = 8 * 1024;

    public static void MapIssueToken(this IEndpointRouteBuilder app) => app
        .MapPost("/connect/token", Answer)
        .AllowAnonymous()
        .DisableAntiforgery()
        .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(BodyBytes))
        .Accepts<IFormCollection>("application/x-www-form-urlencoded")
        .Produces<IssuedToken>()
        .Produces<RefusedToken>(StatusCodes.Status400BadRequest)
        .Produces<RefusedToken>(StatusCodes.Status401Unauthorized)
        .Produces<RefusedToken>(StatusCodes.Status429TooManyRequests)
        .WithSummary("Get an access token")
        .WithDescription("OAuth 2 client credentials: grant_type=client_credentials with client_id and client_secret in the form or as Basic "
            + "authentication, or with a client_assertion signed by the client's key (RFC 7523, ES256), and optionally the scopes wanted. The token is a JWT (ES256, RFC 9068) for five minutes.");

    private static async Task<IResult> Answer(HttpContext http, ApiClients clients, AccessTokens tokens, WrongSecrets wrong, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        if (await Form(http.Request, ct) is not { } form)
            return Refuse(http, TokenRefusal.InvalidRequest("Send the parameters as application/x-www-form-urlencoded."));
        var (request, refusal) = TokenRequest.Read(form, http.Request.Headers.Authorization);
        if (request is null)
            return Refuse(http, refusal!);

        var address = http.Connection.RemoteIpAddress;
        if (wrong.TooMany(address, request.ClientId))
            return Refuse(http, new(StatusCodes.Status429TooManyRequests, "invalid_client", "Too many wrong secrets. Wait a minute, then try again."));
        if (await clients.Authenticate(request, ct) is not { } client)
        {
            wrong.Add(address, request.ClientId);
            return Refuse(http, TokenRefusal.InvalidClient);
        }

        var scopes = request.Scope ?? client.Scopes;
        if (scopes.FirstOrDefault(s => !client.Scopes.Contains(s)) is not null)
            return Refuse(http, new(StatusCodes.Status400BadRequest, "invalid_scope", $"This client may ask for {string.Join(' ', client.Scopes)}."));
        var token = await tokens.Issue(client, scopes, ct);
        return TypedResults.Json(new IssuedToken(token, "Bearer", (int)AccessTokens.Lifetime.TotalSeconds, string.Join(' ', scopes)));
    }

    private static async Task<IFormCollection?> Form(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
            return null;
        try
        {
            return await request.ReadFormAsync(ct);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static IResult Refuse(HttpContext http, TokenRefusal refusal)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"loyalty\", charset=\"UTF-8\"";
        if (refusal.Status == StatusCodes.Status429TooManyRequests)
            http.Response.Headers.RetryAfter = 60.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Json(new RefusedToken(refusal.Error, refusal.Description), statusCode: refusal.Status);
    }
}
