namespace Loyalty.ServiceDefaults;

/// <summary>The problems of answers for which nobody wrote a body: those of routing and of the server itself.</summary>
internal static class StatusProblems
{
    public static Problem For(int status) => status switch
    {
        400 => Problem.Malformed("The request can't be read. Compare it with the description at /openapi/v1.json."),
        401 => Problem.Of(401, "unauthenticated", "Send a valid access token: Authorization: Bearer <token>."),
        403 => Problem.Of(403, "forbidden", "This access token does not permit that."),
        404 => Problem.NotFound(),
        405 => Problem.Of(405, "method-not-allowed", "This address does not support this method; the Allow header lists those it does."),
        406 => Problem.Of(406, "not-acceptable", "The answer is application/json; accept it."),
        408 => Problem.Of(408, "request-timeout", "The request arrived too slowly. Send it again."),
        411 => Problem.Of(411, "length-required", "Send a Content-Length."),
        413 => Problem.Of(413, "content-too-large", "The body is larger than this address accepts. Send less at a time."),
        414 => Problem.Of(414, "uri-too-long", "The address is too long. Use one as described at /openapi/v1.json."),
        415 => Problem.Of(415, "unsupported-media-type", "Send the body uncompressed, in the media type that /openapi/v1.json names for this address: application/json in UTF-8 but for the token endpoint."),
        431 => Problem.Of(431, "headers-too-large", "The headers are too large. Send fewer or shorter ones."),
        500 => Problem.Of(500, "internal-error", "Something went wrong here. Repeat the request unchanged: it takes effect at most once."),
        503 => DatabaseAway,
        _ => Problem.Of(status, "http-" + status.ToString(System.Globalization.CultureInfo.InvariantCulture), "The request was not served."),
    };

    public static Problem DatabaseAway =>
        Problem.Unavailable("The service can't reach its database at the moment. Repeat the request unchanged: it takes effect at most once.");
}
