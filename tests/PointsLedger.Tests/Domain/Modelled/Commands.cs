using System.Collections.Immutable;
using Loyalty.Kernel;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>How long nothing is tried: for so long, or until the very instant at which time does something next, and so much longer or shorter.</summary>
internal sealed record Pause(TimeSpan For, bool UntilTimeActs);

/// <summary>Something that is tried. It names nothing by its id, so that it means something after any other commands were dropped.</summary>
/// <param name="Pause">What comes before it.</param>
internal abstract record Command(Pause Pause);

/// <param name="Late">How long before it is recorded it was made; below zero where the till's clock is ahead.</param>
internal sealed record Buy(Pause Pause, PartnerId Partner, int Card, long Cents, ImmutableArray<(string Category, long Cents)> Lines, TimeSpan Late) : Command(Pause);

/// <param name="Purchase">Which of all purchases so far.</param>
/// <param name="PerMille">How much of what is kept.</param>
internal sealed record ReturnAmount(Pause Pause, int Purchase, int PerMille) : Command(Pause);

/// <param name="Over">Cents by which the amount differs from the sum of the lines.</param>
internal sealed record ReturnLines(Pause Pause, int Purchase, ImmutableArray<(int Line, int PerMille)> Lines, int Over) : Command(Pause);

internal sealed record Void(Pause Pause, int Purchase) : Command(Pause);

/// <param name="PerMille">How much of the balance.</param>
internal sealed record Redeem(Pause Pause, PartnerId Partner, int Card, int PerMille) : Command(Pause);

internal sealed record Reserve(Pause Pause, PartnerId Partner, int Card, int PerMille) : Command(Pause);

/// <param name="PerMille">How much of what is held; null for all.</param>
internal sealed record Capture(Pause Pause, int Reservation, int? PerMille) : Command(Pause);

internal sealed record Release(Pause Pause, int Reservation) : Command(Pause);

internal sealed record Undo(Pause Pause, int Redemption) : Command(Pause);

internal sealed record Block(Pause Pause, int Card) : Command(Pause);

internal sealed record Link(Pause Pause, int Card) : Command(Pause);

internal sealed record Publish(Pause Pause, Programme Programme) : Command(Pause);

internal sealed record Close(Pause Pause) : Command(Pause);

/// <summary>A programme to begin with, and what is tried under it and those that follow.</summary>
internal sealed record Script(DateTimeOffset Start, Programme Programme, ImmutableArray<Command> Commands)
{
    // Large parts are dropped before small ones, or else a long script takes long to shrink.
    public static IEnumerable<Script> Shorter(Script script)
    {
        var commands = script.Commands;
        for (var part = commands.Length / 2; part > 0; part /= 2)
        {
            for (var from = 0; from < commands.Length; from += part)
                yield return script with { Commands = commands.RemoveRange(from, Math.Min(part, commands.Length - from)) };
        }

        for (var i = 0; i < script.Programme.Offers.Length; i++)
            yield return script with { Programme = script.Programme with { Offers = script.Programme.Offers.RemoveAt(i) } };
        if (script.Programme.Rules.Window is not null)
            yield return script with { Programme = script.Programme with { Rules = script.Programme.Rules with { Window = null, Tiers = [] } } };
        if (!script.Programme.Rules.Limits.IsEmpty)
            yield return script with { Programme = script.Programme with { Rules = script.Programme.Rules with { Limits = [] } } };
    }
}
