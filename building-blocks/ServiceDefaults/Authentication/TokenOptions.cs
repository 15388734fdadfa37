namespace Loyalty.ServiceDefaults;

/// <summary>Whose access tokens are trusted. Bound from <c>Auth</c>.</summary>
public sealed class TokenOptions
{
    /// <summary>The issuer; its keys are at <c>/.well-known/jwks.json</c> below it.</summary>
    public string Authority { get; set; } = "";

    /// <summary>For whom tokens must be issued.</summary>
    public string Audience { get; set; } = "loyalty";

    /// <summary>
    /// Where the issuer itself finds its keys: the JWK set as JSON. Everybody else leaves it null and asks over HTTP.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, Task<string>>? LocalKeys { get; set; }

    internal string Issuer => Authority.TrimEnd('/');
}
