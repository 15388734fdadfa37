using System.Buffers;
using System.IO.Pipelines;
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

        var body = await Read(http.Request.BodyReader, http.RequestAborted);
        if (JsonText.Fault(body) is { } fault)
        {
            await Problem.Malformed(fault).ExecuteAsync(http);
            return;
        }
        http.Request.Body = new MemoryStream(body, writable: false);
        await next(http);
    }

    private static async ValueTask<byte[]> Read(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var media)
        && media.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        && (!media.Charset.HasValue || HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
