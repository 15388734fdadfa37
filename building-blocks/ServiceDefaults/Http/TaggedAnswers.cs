using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Loyalty.ServiceDefaults;

/// <summary>Answers that a caller may keep and ask about again.</summary>
public static class TaggedAnswers
{
    /// <summary>
    /// 200 with the answer and its entity tag, or 304 without a body when the caller already has it (<c>If-None-Match</c>).
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <param name="tag">What changes whenever the answer does, such as a stream's version.</param>
    public static IResult Tagged<TAnswer>(TAnswer answer, string tag) => new TaggedAnswer<TAnswer>(answer, new EntityTagHeaderValue($"\"{tag}\""));

    private sealed class TaggedAnswer<TAnswer>(TAnswer answer, EntityTagHeaderValue tag) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.GetTypedHeaders();
            headers.ETag = tag;
            headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
            var known = httpContext.Request.GetTypedHeaders().IfNoneMatch;
            if (known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false)))
            {
                httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
            return httpContext.Response.WriteAsJsonAsync(answer, httpContext.RequestAborted);
        }
    }
}
