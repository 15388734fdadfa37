using System.Text.Json.Serialization;

namespace Loyalty.Cli.Api;

internal sealed record Amount([property: JsonPropertyName("amount")] decimal Value);

internal sealed record ClearingCycle(string CycleId, DateTimeOffset From, DateTimeOffset Until, string Status);

/// <summary>Where everybody stands in a cycle.</summary>
/// <param name="Preliminary">Whether the figures may still move.</param>
/// <param name="ThroughSequence">Up to which place of the log they reach.</param>
internal sealed record CycleFigures(ClearingCycle Cycle, bool Preliminary, long ThroughSequence, IReadOnlyList<CycleNetting> Currencies);

internal sealed record CycleNetting(string Currency, IReadOnlyList<CyclePosition> Positions, Amount Coalition, Amount Total);

internal sealed record CyclePosition(Guid Partner, string Code, string Name, Amount Owes, Amount Owed, Amount Net, Amount BroughtForward, Amount CarriedForward);

internal sealed record Statement(
    string CycleId, string Name, string Currency, bool Preliminary, Amount BroughtForward, IReadOnlyList<StatementLine> Lines, IReadOnlyList<StatementCharge> Charges,
    Amount CarriedForward);

internal sealed record StatementLine(string LineId, string Kind, string? LateFrom, decimal Price, long Points, Amount Amount);

internal sealed record StatementCharge(string Kind, string? Label, Amount Amount);

/// <summary>Clearing cycles, as the coalition's two operators see them.</summary>
/// <param name="maker">Who proposes.</param>
/// <param name="checker">Who approves; null where this command line doesn't know the second operator's secret.</param>
internal sealed class Clearing(ServiceClient maker, ServiceClient? checker)
{
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromMinutes(2);

    public async Task<CycleFigures> Show(string cycle, CancellationToken ct) => (await maker.Get(Address(cycle), ct)).Read<CycleFigures>();

    public async Task<Statement> Statement(string cycle, Guid partner, CancellationToken ct) => (await maker.Get($"{Address(cycle)}/statements/{partner}", ct)).Read<Statement>();

    /// <summary>Closes a cycle, or finds it closed.</summary>
    public async Task<CycleFigures> Close(string cycle, CancellationToken ct)
    {
        if (checker is null)
            throw new StoppedException("Set LOYALTY_APPROVER_SECRET to the secret of the second operator's API client: closing a cycle takes two.");
        (await maker.Post($"{Address(cycle)}/closing", new { }, ct)).Read<ClearingCycle>();
        (await checker.Post($"{Address(cycle)}/closing/approval", new { }, ct)).Read<ClearingCycle>();
        var figures = await Eventually.Settles(() => Show(cycle, ct), f => !f.Preliminary, ClosesWithin, ct);
        return figures.Preliminary ? throw new StoppedException($"Cycle {cycle} is cut, but not closed yet. Look at './loyalty logs CoalitionPartners'.") : figures;
    }

    /// <summary>The cycle that runs now, once its figures hold all that the settlement holds.</summary>
    public async Task<CycleFigures> Running(TimeSpan within, CancellationToken ct)
    {
        var through = (await maker.Get("v1/settlements/status", ct)).Read<SettlementStatus>().LastSequence;
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await maker.Get($"v1/clearing/cycles?limit=200{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", ct)).Read<Page>();
            if (page.Items.FirstOrDefault(c => c.Status == "open") is { } runs)
                return await Eventually.Settles(() => Show(runs.CycleId, ct), f => f.ThroughSequence >= through, within, ct);
            cursor = page.Next;
        }

        throw new StoppedException("No clearing cycle runs now.");
    }

    private static string Address(string cycle) => $"v1/clearing/cycles/{Uri.EscapeDataString(cycle)}";

    private sealed record SettlementStatus(long LastSequence);

    private sealed record Page(IReadOnlyList<ClearingCycle> Items, string? Next);
}
