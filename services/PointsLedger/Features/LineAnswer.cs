using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>The answer to one line among many, which may still be on its way.</summary>
/// <param name="line">Which line, from 1.</param>
/// <param name="id">Its transaction's id, if it could be read.</param>
internal abstract class LineAnswer(int line, TransactionId? id)
{
    /// <summary>Completes when the answer can be written; never fails.</summary>
    public abstract Task Known { get; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("line"u8, line);
        if (id is { } known) json.WriteString("transactionId"u8, known.Value);
        WriteOutcome(json);
        json.WriteEndObject();
    }

    protected abstract void WriteOutcome(Utf8JsonWriter json);

    protected static void WriteProblem(Utf8JsonWriter json, Problem problem)
    {
        json.WriteNumber("status"u8, problem.Status);
        json.WritePropertyName("problem"u8);
        problem.WriteTo(json);
    }
}

internal static class LineProblems
{
    public static readonly Problem Interrupted =
        Problem.Unavailable("A line before this one could not be posted, so this one was not either. Send both again unchanged.");
}

/// <summary>A line that was not posted.</summary>
internal sealed class RefusedLine(int line, TransactionId? id, Problem problem) : LineAnswer(line, id)
{
    public override Task Known => Task.CompletedTask;

    protected override void WriteOutcome(Utf8JsonWriter json) => WriteProblem(json, problem);
}

/// <summary>A line that was posted.</summary>
internal sealed class PostedLine<TAnswer>(int line, TransactionId id, Task<Outcome<TAnswer>> posted, RefusalStatuses statuses, Action<Refusal> refused) : LineAnswer(line, id)
{
    private static readonly JsonTypeInfo<TAnswer> Answers = (JsonTypeInfo<TAnswer>)new JsonSerializerOptions(StrictJson.Options)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(LedgerTypes.Default, new DefaultJsonTypeInfoResolver()),
    }.GetTypeInfo(typeof(TAnswer));

    public override Task Known => posted.IsCompleted ? Task.CompletedTask : Task.WhenAny(posted);

    protected override void WriteOutcome(Utf8JsonWriter json)
    {
        if (posted is { IsCompletedSuccessfully: true, Result: Outcome<TAnswer>.Refused { Refusal: var refusal } }) refused(refusal);
        if (posted is { IsCompletedSuccessfully: true, Result: Outcome<TAnswer>.Accepted { Answer: var answer } })
        {
            json.WriteNumber("status"u8, StatusCodes.Status201Created);
            json.WritePropertyName("answer"u8);
            JsonSerializer.Serialize(json, answer, Answers);
        }
        else
        {
            WriteProblem(json, ProblemOf());
        }
    }

    private Problem ProblemOf() => posted switch
    {
        { IsCompletedSuccessfully: true, Result: Outcome<TAnswer>.Refused { Refusal: var refusal } } => statuses.ProblemOf(refusal),
        { IsCompletedSuccessfully: true, Result: Outcome<TAnswer>.Invalid { Faults: var faults } } => Problem.Of(faults),
        { Exception.InnerException: InterruptedException } => LineProblems.Interrupted,
        { Exception.InnerException: { } failure } => Problem.Of(failure),
        _ => Problem.Unavailable("The line was not posted. Send it again unchanged."),
    };
}
