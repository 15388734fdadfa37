using System.Diagnostics;

namespace Loyalty.Messaging;

/// <summary>
/// A page carries events of many requests. So the spans of telling and of taking an event hang on the trace of that event, and an
/// event that nobody traces has none.
/// </summary>
internal sealed class EventSpans : IDisposable
{
    private static readonly ActivitySource Source = new("Loyalty.Messaging");

    private readonly Activity? around = Activity.Current;
    private readonly List<Activity> open = [];

    /// <summary>The trace parent for what follows from an event whose publication begins and ends here.</summary>
    public static string? Publish(Type contract, string? traceParent)
    {
        if (traceParent is null)
            return null;
        using var span = Start("publish " + contract.Name, ActivityKind.Producer, traceParent);
        return span?.Id ?? traceParent;
    }

    /// <summary>The trace parent for what follows from an event that takes effect until this is disposed of.</summary>
    public string? Consume(Type contract, string? traceParent)
    {
        if (traceParent is null || Start("consume " + contract.Name, ActivityKind.Consumer, traceParent) is not { } span)
            return traceParent;
        open.Add(span);
        Activity.Current = around;
        return span.Id;
    }

    /// <summary>The event came alone: all that happens until this is disposed of happens in its span.</summary>
    public void Enter() => Activity.Current = open is [var single] ? single : around;

    public void Dispose()
    {
        open.ForEach(span => span.Dispose());
        Activity.Current = around;
    }

    private static Activity? Start(string name, ActivityKind kind, string traceParent) => Source.StartActivity(name, kind, traceParent);
}
