using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Loyalty.Cli.Api;

/// <summary>One service, as seen by one API client.</summary>
internal sealed class ServiceClient(Transport transport, Uri address, TokenSource tokens)
{
    public Task<Reply> Get(string path, CancellationToken ct) => Send(HttpMethod.Get, path, null, null, ct);

    public Task<Reply> Post(string path, object? body, CancellationToken ct, string? idempotencyKey = null) =>
        Send(HttpMethod.Post, path, body, idempotencyKey, ct);

    public Task<Reply> Delete(string path, CancellationToken ct) => Send(HttpMethod.Delete, path, null, null, ct);

    public Task<Reply> Put(string path, object body, CancellationToken ct) => Send(HttpMethod.Put, path, body, null, ct);

    private async Task<Reply> Send(HttpMethod method, string path, object? body, string? idempotencyKey, CancellationToken ct)
    {
        var token = await tokens.Current(ct);
        var reply = await transport.Send(() => Request(token), ct);
        if (reply.Status != HttpStatusCode.Unauthorized)
            return reply;

        tokens.Reject(token);
        token = await tokens.Current(ct);
        return await transport.Send(() => Request(token), ct);

        HttpRequestMessage Request(string bearer)
        {
            var request = new HttpRequestMessage(method, new Uri(address, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            if (idempotencyKey is not null)
                request.Headers.Add("Idempotency-Key", idempotencyKey);
            if (body is not null)
                request.Content = JsonContent.Create(body, body.GetType(), options: Reply.Json);
            return request;
        }
    }
}
