using Loyalty.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Loyalty.ServiceDefaults;

/// <summary>The id under which a request takes effect once, from its <c>Idempotency-Key</c> header or from its body.</summary>
public static class IdempotencyKey
{
    internal const string Header = "Idempotency-Key";

    /// <summary>Says in the API's description that an endpoint takes the header.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="required">Whether there is no other way to give the id.</param>
    public static TBuilder WithIdempotencyKey<TBuilder>(this TBuilder endpoint, bool required) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new TakesIdempotencyKey(required));

    /// <summary>The id in the header; a request without one is a 400.</summary>
    public static TransactionId RequiredKey(this HttpContext http) => http.RequestId(null);

    /// <summary>The id in the header, or null without one; one of another form is a 400.</summary>
    public static TransactionId? OptionalKey(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Headers.ContainsKey(Header) ? http.RequestId(null) : null;
    }

    /// <summary>
    /// The id in the body, for which the header is an alias. Neither, two different ones or one of another form is a 400.
    /// </summary>
    public static TransactionId RequestId(this HttpContext http, TransactionId? inBody)
    {
        ArgumentNullException.ThrowIfNull(http);
        var header = http.Request.Headers[Header];
        return (header.Count, inBody) switch
        {
            (0, { } id) => id,
            (0, null) => throw new ProblemException($"The request has no id. Send one of 1 to 64 characters of A-Z a-z 0-9 . _ : - as {Header}, and the same when you repeat the request."),
            (1, _) when !TransactionId.IsValid(header) => throw new ProblemException($"{Header} is 1 to 64 characters of A-Z a-z 0-9 . _ : - and nothing else."),
            (1, { } id) when !string.Equals(id.Value, header, StringComparison.Ordinal) => throw new ProblemException($"{Header} and transactionId differ. Send one of them, or both alike."),
            (1, _) => TransactionId.From(header!),
            _ => throw new ProblemException($"Send {Header} once."),
        };
    }
}

/// <summary>That an endpoint takes the header.</summary>
internal sealed record TakesIdempotencyKey(bool Required);
