using System.Text;

namespace Loyalty.Journeys.Tests;

/// <summary>One step of a trace.</summary>
internal sealed record Span(string Service, string TraceId, string SpanId, string ParentSpanId, string Name);

/// <summary>As much of opentelemetry/proto/collector/trace/v1 as it takes to tell spans and their services apart.</summary>
internal static class Otlp
{
    public static IEnumerable<Span> Spans(byte[] exportTraceServiceRequest) =>
        from resourceSpans in Messages(exportTraceServiceRequest, 1)
        let service = ServiceName(resourceSpans)
        from scopeSpans in Messages(resourceSpans, 2)
        from span in Messages(scopeSpans, 2)
        select new Span(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5));

    private static string ServiceName(byte[] resourceSpans) => Messages(resourceSpans, 1)
        .SelectMany(resource => Messages(resource, 1))
        .Where(attribute => Text(attribute, 1) == "service.name")
        .Select(attribute => Text(Messages(attribute, 2).Single(), 1))
        .FirstOrDefault("");

    private static string Hex(byte[] message, int field) => Convert.ToHexStringLower(Messages(message, field).FirstOrDefault([]));

    private static string Text(byte[] message, int field) => Encoding.UTF8.GetString(Messages(message, field).FirstOrDefault([]));

    /// <summary>The length-delimited fields of this number; all others are passed over.</summary>
    private static List<byte[]> Messages(byte[] message, int field)
    {
        var found = new List<byte[]>();
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => SkipVarint(message, ref at),
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                _ => throw new InvalidDataException($"Protobuf has no wire type {tag & 7}."),
            };
            if ((tag & 7) == 2 && (int)(tag >> 3) == field)
                found.Add(message[at..(at + length)]);
            at += length;
        }

        return found;
    }

    private static int SkipVarint(byte[] message, ref int at)
    {
        Varint(message, ref at);
        return 0;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
