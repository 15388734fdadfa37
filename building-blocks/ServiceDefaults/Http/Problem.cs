using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Commands;
using Microsoft.AspNetCore.Http;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// An answer that says what went wrong, as RFC 9457 has it. Equal problems are equal bytes: no trace id and no time is in them, so
/// that a repeated request gets the very same refusal.
/// </summary>
public sealed class Problem : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
    };

    private readonly Document document;

    private Problem(int status, string code, string detail, IReadOnlyDictionary<string, string[]>? errors)
    {
        document = new Document("urn:loyalty:problem:" + code, TitleOf(code), status, detail, errors);
        Code = code;
    }

    /// <summary>The stable code, on which clients branch; the last part of the problem's <c>type</c>.</summary>
    public string Code { get; }

    /// <summary>The HTTP status.</summary>
    public int Status => document.Status;

    /// <summary>The sentence for people.</summary>
    public string Detail => document.Detail;

    /// <summary>When to try again, sent as <c>Retry-After</c>; null when trying again would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The challenge of RFC 9110, sent as <c>WWW-Authenticate</c>.</summary>
    public string? Challenge { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    string IContentTypeHttpResult.ContentType => MediaType;

    /// <summary>A problem of a status and a stable code.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Lower-case with dashes.</param>
    /// <param name="detail">A sentence that says what to do.</param>
    /// <param name="challenge">The challenge of a 401 or 403.</param>
    public static Problem Of(int status, string code, string detail, string? challenge = null) =>
        new(status, code, detail, errors: null) { Challenge = challenge };

    /// <summary>400: the request can't be read as what it should be.</summary>
    public static Problem Malformed(string detail) => Of(400, "malformed-request", detail);

    /// <summary>404, the same for what is absent and for what the caller may not see.</summary>
    public static Problem NotFound(string detail = "There is nothing here. Check the address and the ids in it.") => Of(404, "not-found", detail);

    /// <summary>429 with the time to wait.</summary>
    public static Problem TooManyRequests(string detail, TimeSpan retryAfter) =>
        new(429, "too-many-requests", detail, errors: null) { RetryAfter = retryAfter };

    /// <summary>503: something this service needs is away for the moment.</summary>
    public static Problem Unavailable(string detail) => new(503, "unavailable", detail, errors: null) { RetryAfter = TimeSpan.FromSeconds(2) };

    /// <summary>The problem of an input that breaks rules: 400 when any of it could not be read, 422 otherwise.</summary>
    public static Problem Of(IReadOnlyList<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var malformed = faults.Any(f => f.Malformed);
        var errors = faults.GroupBy(f => f.Member, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(f => f.Sentence).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        return malformed
            ? new Problem(400, "malformed-request", "Some members can't be read; 'errors' says which and why. Correct them and send the request again.", errors)
            : new Problem(422, "invalid-request", "Some members break a rule; 'errors' says which and why. Correct them and send the request again.", errors);
    }

    /// <summary>What the caller gets for something that was thrown.</summary>
    public static Problem Of(Exception exception) => ProblemsForExceptions.For(exception);

    /// <summary>400 for JSON that can't be read as what it should be, in the caller's words.</summary>
    public static Problem Malformed(JsonException exception) => Malformed(JsonFaults.Sentence(exception));

    /// <summary>Writes the problem's document where it is part of a larger answer.</summary>
    public void WriteTo(Utf8JsonWriter json) => JsonSerializer.Serialize(json, document, Json);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (Challenge is not null)
            response.Headers.WWWAuthenticate = Challenge;
        var body = JsonSerializer.SerializeToUtf8Bytes(document, Json);
        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    private static string TitleOf(string code) =>
        string.Concat(code[..1].ToUpperInvariant(), code.AsSpan(1).ToString().Replace('-', ' '));

    private sealed record Document(string Type, string Title, int Status, string Detail, IReadOnlyDictionary<string, string[]>? Errors);
}

/// <summary>Ends the handling of a request with a problem. For the edge, where input is read; decisions return outcomes.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>With this problem.</summary>
    public ProblemException(Problem problem) : base(problem?.Detail) => Problem = problem ?? Problem.Malformed("The request can't be read.");

    /// <summary>With a sentence about what can't be read.</summary>
    public ProblemException(string message) : this(Problem.Malformed(message))
    {
    }

    /// <summary>With a sentence about what can't be read, and its cause.</summary>
    public ProblemException(string message, Exception inner) : base(message, inner) => Problem = Problem.Malformed(message);

    /// <summary>With nothing but the news that the request can't be read.</summary>
    public ProblemException() : this("The request can't be read.")
    {
    }

    /// <summary>What the caller gets.</summary>
    public Problem Problem { get; }
}
