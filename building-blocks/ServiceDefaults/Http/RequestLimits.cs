using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Loyalty.ServiceDefaults;

/// <summary>What a request may look like before anybody reads it.</summary>
internal sealed class RequestLimits(RequestDelegate next)
{
    /// <summary>Bodies of single requests are a few hundred bytes; an endpoint for more says so with its own limit.</summary>
    internal const int BodyBytes = 64 * 1024;

    private const int TargetCharacters = 8 * 1024;
    private const int HeaderCharacters = 32 * 1024;

    // Kestrel refuses oversized lines and headers without a body; leaving it some room lets the answer be a problem document.
    private const int KestrelBytes = 192 * 1024;

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytes;
        kestrel.Limits.MaxRequestLineSize = KestrelBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = KestrelBytes;
        kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }

    public Task InvokeAsync(HttpContext http)
    {
        // What a caller typed is sent back as data; no browser shall take it for a page.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return Check(http.Request, target) is { } problem ? problem.ExecuteAsync(http) : next(http);
    }

    private static Problem? Check(HttpRequest request, string target)
    {
        if (target.Length > TargetCharacters)
            return StatusProblems.For(414);
        if (Characters(request.Headers) > HeaderCharacters)
            return StatusProblems.For(431);
        if (target.Contains("%00", StringComparison.Ordinal))
            return Problem.Malformed("The address contains U+0000. Remove it.");
        // An encoded slash or a backslash is part of no id here; it is only ever an attempt to leave the path.
        if (request.Path.Value is { } path && (path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || path.Contains('\\', StringComparison.Ordinal)))
            return Problem.NotFound();
        return request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase)
            ? StatusProblems.For(415)
            : null;
    }

    // Every request comes by here, so no sums of sums that allocate.
    private static int Characters(IHeaderDictionary headers)
    {
        var sum = 0;
        foreach (var (name, values) in headers)
        {
            sum += name.Length;
            foreach (var value in values)
                sum += value?.Length ?? 0;
        }

        return sum;
    }
}
