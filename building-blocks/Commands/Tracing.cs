using System.Diagnostics;
using System.Diagnostics.Metrics;
using MediatR;

namespace Loyalty.Commands;

/// <summary>Names under which commands appear in traces and metrics.</summary>
public static class CommandTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Loyalty.Commands";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "loyalty.command.duration", "s", "Time from a command's arrival to its outcome, commit included.");

    internal static readonly Counter<long> Conflicts = Meter.CreateCounter<long>(
        "loyalty.command.conflicts", "{conflict}", "How often a command was decided again because somebody else committed first.");

    /// <summary>Lets a command come to its outcome within one span, and takes one measurement of it.</summary>
    /// <param name="command">The command's type, whose name it has in traces and metrics.</param>
    /// <param name="handle">What it takes to come to the outcome.</param>
    public static async Task<Outcome<TAnswer>> Measure<TAnswer>(Type command, Func<Task<Outcome<TAnswer>>> handle)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(handle);
        using var activity = Source.StartActivity(command.Name);
        var start = Stopwatch.GetTimestamp();
        var result = "failed";
        try
        {
            var outcome = await handle();
            result = NameOf(outcome);
            return outcome;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
        finally
        {
            activity?.SetTag("loyalty.command", command.Name);
            activity?.SetTag("loyalty.outcome", result);
            Duration.Record(
                Stopwatch.GetElapsedTime(start).TotalSeconds,
                new KeyValuePair<string, object?>("loyalty.command", command.Name),
                new KeyValuePair<string, object?>("loyalty.outcome", result));
        }
    }

    private static string NameOf<TAnswer>(Outcome<TAnswer> outcome) => outcome switch
    {
        Outcome<TAnswer>.Accepted => "accepted",
        Outcome<TAnswer>.Refused refused => refused.Refusal.Code,
        _ => "invalid",
    };
}

/// <summary>First behaviour: one span and one measurement per command, with its outcome.</summary>
internal sealed class Tracing<TCommand, TAnswer> : IPipelineBehavior<TCommand, Outcome<TAnswer>>
    where TCommand : ICommand<TAnswer>
{
    public Task<Outcome<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Outcome<TAnswer>> next) =>
        CommandTelemetry.Measure(typeof(TCommand), () => next());
}
