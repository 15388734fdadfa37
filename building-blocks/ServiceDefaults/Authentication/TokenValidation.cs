using System.Collections.Concurrent;
using Loyalty.Kernel;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.ServiceDefaults;

/// <summary>Whether an access token (RFC 9068) is genuine, current and meant for this coalition, and whose it is.</summary>
internal sealed class TokenValidation
{
    private const string Algorithm = SecurityAlgorithms.EcdsaSha256;
    private const string TokenType = "at+jwt";
    private const int MaxTokenBytes = 8 * 1024;
    private const int MaxRemembered = 20_000;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes };

    // Checking a signature costs more than most requests; a token that was good stays good until it expires.
    private readonly ConcurrentDictionary<string, Remembered> remembered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Remembered>.AlternateLookup<ReadOnlySpan<char>> byText;

    private readonly IOptions<TokenOptions> options;
    private readonly SigningKeys keys;
    private readonly TimeProvider clock;

    public TokenValidation(IOptions<TokenOptions> options, SigningKeys keys, TimeProvider clock)
    {
        (this.options, this.keys, this.clock) = (options, keys, clock);
        byText = remembered.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The caller of a token that was checked before and has not expired since.</summary>
    public Caller? Known(ReadOnlySpan<char> token) =>
        byText.TryGetValue(token, out var known) && clock.GetUtcNow() < known.Until ? known.Caller : null;

    /// <summary>Checks a token, and remembers it when it is good.</summary>
    public async Task<Verdict> Check(string token, CancellationToken cancellationToken)
    {
        remembered.TryRemove(token, out _);
        if (Read(token) is not { } read || read.Alg != Algorithm || read.Typ != TokenType || string.IsNullOrEmpty(read.Kid))
            return Bad("The token is not an ES256 access token of type at+jwt.");
        if (await keys.Find(read.Kid, cancellationToken) is not { } key)
            return keys.Any ? Bad("The token is signed with an unknown key.") : new Verdict(Caller: null, "The issuer's keys are not known yet.") { CannotJudge = true };
        var result = await handler.ValidateTokenAsync(token, Parameters(key));
        if (!result.IsValid)
            return Bad(Reason(result.Exception));
        if (CallerOf(read) is not { } caller)
            return Bad("The token names no client.");
        if (remembered.Count >= MaxRemembered)
            remembered.Clear();
        remembered[token] = new Remembered(caller, new DateTimeOffset(read.ValidTo, TimeSpan.Zero));
        return new Verdict(caller, Fault: null);
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        ValidAlgorithms = [Algorithm],
        ValidTypes = [TokenType],
        ValidIssuer = options.Value.Issuer,
        ValidAudience = options.Value.Audience,
        IssuerSigningKey = key,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        RequireAudience = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsCurrent(notBefore, expires),
    };

    private bool IsCurrent(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + ClockSkew && (notBefore is not { } start || now > start - ClockSkew);
    }

    private JsonWebToken? Read(string token)
    {
        try
        {
            return token.Length <= MaxTokenBytes && handler.CanReadToken(token) ? handler.ReadJsonWebToken(token) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static Caller? CallerOf(JsonWebToken token)
    {
        var client = Text(token, "client_id") ?? Text(token, "sub");
        var partner = Text(token, "partner");
        if (string.IsNullOrEmpty(client) || (partner is not null && !Guid.TryParseExact(partner, "D", out _)))
            return null;
        var scopes = (Text(token, Scopes.Claim) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return new Caller(partner is null ? null : new PartnerId(Guid.ParseExact(partner, "D")), Text(token, "partner_code"), client, scopes);
    }

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    private static string Reason(Exception? exception) => exception switch
    {
        SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenInvalidLifetimeException or SecurityTokenNoExpirationException =>
            "The token is not valid at this time.",
        SecurityTokenInvalidAudienceException => "The token is meant for another audience.",
        SecurityTokenInvalidIssuerException => "The token comes from another issuer.",
        _ => "The token is not genuine.",
    };

    private static Verdict Bad(string fault) => new(Caller: null, fault);

    private readonly record struct Remembered(Caller Caller, DateTimeOffset Until);
}

/// <summary>What became of a token: a caller, or what is wrong with it.</summary>
internal sealed record Verdict(Caller? Caller, string? Fault)
{
    /// <summary>Nothing is wrong with the token as far as can be seen; it is this service that knows no keys.</summary>
    public bool CannotJudge { get; init; }
}
