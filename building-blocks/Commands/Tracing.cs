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
}

/// <summary>First behaviour: one span and one measurement per command, with its outcome.</summary>
internal sealed class Tracing<TCommand, TAnswer> : IPipelineBehavior<TCommand, Outcome<TAnswer>>
    where TCommand : ICommand<TAnswer>
{
    public async Task<Outcome<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Outcome<TAnswer>> next)
    {
        using var activity = CommandTelemetry.Source.StartActivity(typeof(TCommand).Name);
        var start = Stopwatch.GetTimestamp();
        var result = "failed";
        try
        {
            var outcome = await next();
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
            activity?.SetTag("loyalty.command", typeof(TCommand).Name);
            activity?.SetTag("loyalty.outcome", result);
            CommandTelemetry.Duration.Record(
                Stopwatch.GetElapsedTime(start).TotalSeconds,
                new KeyValuePair<string, object?>("loyalty.command", typeof(TCommand).Name),
                new KeyValuePair<string, object?>("loyalty.outcome", result));
        }
    }

    private static string NameOf(Outcome<TAnswer> outcome) => outcome switch
    {
        Outcome<TAnswer>.Accepted => "accepted",
        Outcome<TAnswer>.Refused refused => refused.Refusal.Code,
        _ => "invalid",
    };
}
