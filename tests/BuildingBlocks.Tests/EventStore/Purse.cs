using Loyalty.EventStore;
using Loyalty.Kernel;

namespace Loyalty.BuildingBlocks.Tests.EventStore;

internal sealed record PointsPut(long Points);

internal sealed record PointsTaken(long Points);

/// <summary>Kept as a snapshot.</summary>
internal sealed record Purse(Guid Id, long Balance, IReadOnlyList<long> Puts) : IAggregate<Purse>
{
    public static string Alias => "purse";

    public static Purse Initial(Guid streamId) => new(streamId, 0, []);

    public Purse When(object @event) => @event switch
    {
        PointsPut put => this with { Balance = Balance + put.Points, Puts = [.. Puts.TakeLast(2), put.Points] },
        PointsTaken taken => this with { Balance = Balance - taken.Points },
        _ => throw new ArgumentException($"A purse knows nothing of {@event}.", nameof(@event)),
    };
}

/// <summary>Folded from its events every time.</summary>
internal sealed record Counter(Guid Id, long Total) : IAggregate<Counter>
{
    public static string Alias => "counter";

    public static Counter Initial(Guid streamId) => new(streamId, 0);

    public Counter When(object @event) => this with { Total = Total + ((PointsPut)@event).Points };
}

internal sealed record Receipt(string Text);

internal static class PurseEvents
{
    public static void Configure(EventStoreOptions options)
    {
        options.Types.Map<PointsPut>("points-put").Map<PointsTaken>("points-taken");
        options.Snapshot<Purse>();
    }
}
