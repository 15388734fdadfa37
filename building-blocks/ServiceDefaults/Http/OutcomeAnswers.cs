using Loyalty.Commands;
using Loyalty.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Loyalty.ServiceDefaults;

/// <summary>The HTTP status of each refusal that is not a plain 422. A service registers its own.</summary>
public sealed class RefusalStatuses
{
    private readonly Dictionary<string, int> statuses = new(StringComparer.Ordinal) { ["not-found"] = 404 };

    /// <summary>Answers refusals of this code with this status.</summary>
    public RefusalStatuses Map(string code, int status)
    {
        statuses[code] = status;
        return this;
    }

    /// <summary>The problem of a refusal.</summary>
    public Problem ProblemOf(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return Problem.Of(statuses.GetValueOrDefault(refusal.Code, 422), refusal.Code, refusal.Detail);
    }
}

/// <summary>Outcomes as HTTP has them.</summary>
public static class OutcomeAnswers
{
    /// <summary>
    /// Accepted: the answer as JSON, with 201 and its location when <paramref name="created"/> is given, else with 200. Refused or
    /// invalid: a problem.
    /// </summary>
    /// <param name="outcome">What a command came to.</param>
    /// <param name="created">The address of what was created; null for nothing that has one.</param>
    /// <param name="status">The status of an accepted command where it is another.</param>
    public static IResult ToHttp<TAnswer>(this Outcome<TAnswer> outcome, Func<TAnswer, string?>? created = null, int? status = null) =>
        outcome.ToHttp(_ => status ?? (created is null ? 200 : 201), created);

    /// <summary>The same where the status depends on the answer.</summary>
    public static IResult ToHttp<TAnswer>(this Outcome<TAnswer> outcome, Func<TAnswer, int> status, Func<TAnswer, string?>? created = null) => outcome switch
    {
        Outcome<TAnswer>.Accepted accepted => new Answer<TAnswer>(accepted.Answer, status(accepted.Answer), created?.Invoke(accepted.Answer)),
        Outcome<TAnswer>.Refused refused => new RefusalAnswer(refused.Refusal),
        Outcome<TAnswer>.Invalid invalid => Problem.Of(invalid.Faults),
        _ => throw new InvalidOperationException("There is no such outcome."),
    };

    /// <summary>A refusal as a problem, with the status its code has in this service.</summary>
    public static IResult ToHttp(this Refusal refusal) => new RefusalAnswer(refusal);

    private sealed class Answer<TAnswer>(TAnswer answer, int status, string? location) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            if (location is not null)
                httpContext.Response.Headers.Location = location;
            return httpContext.Response.WriteAsJsonAsync(answer, httpContext.RequestAborted);
        }
    }

    private sealed class RefusalAnswer(Refusal refusal) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            httpContext.RequestServices.GetRequiredService<RefusalStatuses>().ProblemOf(refusal).ExecuteAsync(httpContext);
    }
}
