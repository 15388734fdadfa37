using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// Reads the body of every endpoint that takes JSON, once and whole, and refuses what System.Text.Json would let pass or would only
/// notice where it happens to look. Bodies are small (see <see cref="RequestLimits"/>).
/// </summary>
internal sealed class StrictBody(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var accepts = http.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>();
        if (accepts is null || !accepts.ContentTypes.Contains(MediaTypeNames.Application.Json, StringComparer.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }
        if (accepts.IsOptional && http.Request.ContentLength is null or 0 && http.Request.Headers.TransferEncoding.Count == 0)
        {
            await next(http);
            return;
        }
        if (!IsJson(http.Request.ContentType))
        {
            await StatusProblems.For(StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(http);
            return;
        }

        using var body = new MemoryStream((int)(http.Request.ContentLength ?? 512));
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (JsonText.Fault(body.GetBuffer().AsSpan(0, (int)body.Length)) is { } fault)
        {
            await Problem.Malformed(fault).ExecuteAsync(http);
            return;
        }
        body.Position = 0;
        http.Request.Body = body;
        await next(http);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
