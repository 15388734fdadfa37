using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loyalty.ServiceDefaults;

/// <summary>Authenticates by <c>Authorization: Bearer</c> (RFC 6750) and answers who may not in.</summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenValidation tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Bearer";

    private Verdict? verdict;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
            return AuthenticateResult.NoResult();
        if (header is not [{ } value] || !value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        verdict = await tokens.Check(value["Bearer ".Length..].Trim(), Context.RequestAborted);
        if (verdict.Caller is not { } caller)
            return AuthenticateResult.Fail(verdict.Fault!);
        Context.Features.Set(caller);
        var claims = caller.Scopes.Select(s => new Claim(Scopes.Claim, s)).Prepend(new Claim(ClaimTypes.Name, caller.ClientId));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme)), Scheme));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        var problem = verdict switch
        {
            { CannotJudge: true } => Problem.Unavailable("The issuer of access tokens can't be reached and its keys are not known here yet. Try again shortly."),
            { Fault: { } fault } => Problem.Of(401, "invalid-token", fault + " Fetch a new one and send it as Authorization: Bearer <token>.",
                $"Bearer realm=\"loyalty\", error=\"invalid_token\", error_description=\"{fault}\""),
            _ => Problem.Of(401, "unauthenticated", "Send an access token: Authorization: Bearer <token>.", "Bearer realm=\"loyalty\""),
        };
        await problem.ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scopes = string.Join(' ', Context.GetEndpoint()?.Metadata.GetMetadata<RequiredScopes>()?.AnyOf ?? []);
        return Problem.Of(403, "insufficient-scope", $"This needs a token with one of these scopes: {scopes}.",
            $"Bearer realm=\"loyalty\", error=\"insufficient_scope\", scope=\"{scopes}\"").ExecuteAsync(Context);
    }
}
