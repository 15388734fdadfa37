using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loyalty.ServiceDefaults;

/// <summary>Outermost middleware: whatever is thrown becomes a problem, without a stack and without a hint at what is inside.</summary>
internal sealed class ProblemsForExceptions(RequestDelegate next, ILogger<ProblemsForExceptions> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody is left to answer.
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var problem = For(e);
            if (problem.Status >= 500)
                log.LogError(e, "{Method} {Path} failed", http.Request.Method, http.Request.Path);
            http.Response.Clear();
            await problem.ExecuteAsync(http);
        }
    }

    internal static Problem For(Exception exception) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { InnerException: JsonException e } => Problem.Malformed(JsonFaults.Sentence(e)),
        BadHttpRequestException { StatusCode: 400 } e => Problem.Malformed(JsonFaults.ParameterSentence(e.Message)),
        BadHttpRequestException e => StatusProblems.For(e.StatusCode),
        // Text that passed every check here and still can't be stored as text.
        PostgresException { SqlState: "22021" or "22P05" } => Problem.Malformed("The request contains a character that can't be stored. Remove it."),
        // Lost to others' transactions, or cut off by a limit on statements; nothing was stored.
        PostgresException { SqlState: "40001" or "40P01" or "55P03" or "57014" } => Problem.Unavailable("The database is busy. Repeat the request unchanged."),
        _ when IsDatabaseAway(exception) => StatusProblems.DatabaseAway,
        _ => StatusProblems.For(500),
    };

    internal static bool IsDatabaseAway(Exception exception) => exception switch
    {
        // 08: connection; 53: out of connections, disk or memory; 57P: shutting down; 25006: a standby that was a primary.
        PostgresException e => e.SqlState.StartsWith("08", StringComparison.Ordinal) || e.SqlState.StartsWith("53", StringComparison.Ordinal)
            || e.SqlState.StartsWith("57P", StringComparison.Ordinal) || string.Equals(e.SqlState, "25006", StringComparison.Ordinal),
        NpgsqlException or SocketException => true,
        _ => exception.InnerException is { } inner && IsDatabaseAway(inner),
    };
}
