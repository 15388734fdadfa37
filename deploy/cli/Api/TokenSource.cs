using System.Diagnostics;
using System.Net;
using System.Text.Json.Serialization;

namespace Loyalty.Cli.Api;

/// <summary>Short-lived access tokens of one API client, renewed a little before they lapse.</summary>
internal sealed class TokenSource(Transport transport, Uri partners, string clientId, string clientSecret) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(45);

    private readonly SemaphoreSlim renewing = new(1, 1);
    private string token = "";
    private long validUntil;

    public async Task<string> Current(CancellationToken ct)
    {
        if (Stopwatch.GetTimestamp() < Interlocked.Read(ref validUntil))
            return Volatile.Read(ref token);

        await renewing.WaitAsync(ct);
        try
        {
            if (Stopwatch.GetTimestamp() >= Interlocked.Read(ref validUntil))
                await Renew(ct);
            return token;
        }
        finally
        {
            renewing.Release();
        }
    }

    /// <summary>Forgets a token that a service would not take, so that the next call asks for another.</summary>
    public void Reject(string rejected)
    {
        if (ReferenceEquals(Volatile.Read(ref token), rejected))
            Interlocked.Exchange(ref validUntil, 0);
    }

    public void Dispose() => renewing.Dispose();

    private async Task Renew(CancellationToken ct)
    {
        var reply = await transport.Send(() => new HttpRequestMessage(HttpMethod.Post, new Uri(partners, "connect/token"))
        {
            Content = new FormUrlEncodedContent(
            [
                new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", clientSecret),
            ]),
        }, ct);
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
            throw new StoppedException($"The API client '{clientId}' was given no token ({(int)reply.Status}). Check its id and secret.");

        var grant = reply.Read<Grant>();
        var lifetime = TimeSpan.FromSeconds(grant.ExpiresIn);
        var usable = lifetime > Margin * 2 ? lifetime - Margin : lifetime / 2;
        Volatile.Write(ref token, grant.AccessToken);
        Interlocked.Exchange(ref validUntil, Stopwatch.GetTimestamp() + (long)(usable.TotalSeconds * Stopwatch.Frequency));
    }

    private sealed record Grant(
        [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);
}
