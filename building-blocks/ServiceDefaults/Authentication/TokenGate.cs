using Microsoft.AspNetCore.Http;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// Lets in whom the endpoint's <see cref="Scopes.RequireScope{TBuilder}"/> lets in, by <c>Authorization: Bearer</c> (RFC 6750), and
/// answers who may not in. One look at a token that is known; the policies and principals of ASP.NET Core would cost a request
/// more than its token does.
/// </summary>
internal sealed class TokenGate(RequestDelegate next, TokenValidation tokens)
{
    private const string Scheme = "Bearer ";

    private static readonly Problem Unauthenticated =
        Problem.Of(401, "unauthenticated", "Send an access token: Authorization: Bearer <token>.", "Bearer realm=\"loyalty\"");

    private static readonly Problem CannotJudge =
        Problem.Unavailable("The issuer of access tokens can't be reached and its keys are not known here yet. Try again shortly.");

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<RequiredScopes>() is not { } required)
            return next(http);
        if (http.Request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Unauthenticated.ExecuteAsync(http);
        var token = header.AsSpan(Scheme.Length).Trim();
        return tokens.Known(token) is { } caller ? Enter(http, caller, required) : Check(http, token.ToString(), required);
    }

    private async Task Check(HttpContext http, string token, RequiredScopes required)
    {
        var verdict = await tokens.Check(token, http.RequestAborted);
        await (verdict.Caller is { } caller ? Enter(http, caller, required) : Rejection(verdict).ExecuteAsync(http));
    }

    private Task Enter(HttpContext http, Caller caller, RequiredScopes required)
    {
        if (!required.Permit(caller))
            return Insufficient(required).ExecuteAsync(http);
        http.Features.Set(caller);
        return next(http);
    }

    private static Problem Rejection(Verdict verdict) => verdict.CannotJudge
        ? CannotJudge
        : Problem.Of(401, "invalid-token", verdict.Fault + " Fetch a new one and send it as Authorization: Bearer <token>.",
            $"Bearer realm=\"loyalty\", error=\"invalid_token\", error_description=\"{verdict.Fault}\"");

    private static Problem Insufficient(RequiredScopes required)
    {
        var scopes = string.Join(' ', required.AnyOf);
        return Problem.Of(403, "insufficient-scope", $"This needs a token with one of these scopes: {scopes}.",
            $"Bearer realm=\"loyalty\", error=\"insufficient_scope\", scope=\"{scopes}\"");
    }
}
