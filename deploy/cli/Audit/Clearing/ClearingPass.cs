using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>Reads the log of CoalitionPartners once, in its order, and computes what every cycle comes to. It holds the sums of cycles that are open.</summary>
internal static class ClearingPass
{
    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase partners, CancellationToken ct)
    {
        var computed = new Check(19, "closed cycles say what the log up to their cut comes to, and what came late is in one later cycle");
        var added = new Check(20, "statements add up, are brought forward to the cent, and net to zero with the coalition's account");
        var mark = await partners.Has("clearing.applied", ct) ? await partners.Value<long>("select sequence from clearing.applied", ct) : 0;
        var (replay, closed, shown) = (new CycleReplay(computed), new ClosedCycles(partners, mark, computed, added), false);
        await using var beside = await partners.Beside(ct);
        await foreach (var row in beside.Rows(
            "select seq_id, type, data::text from mt_events where type = any ($1) order by seq_id", ct, (object)(string[])[.. CycleReplay.Types, "cycle-closed"]))
        {
            var (sequence, type) = (row.GetInt64(0), row.GetString(1));
            if (sequence > mark && !shown)
            {
                await Preliminary(partners, replay, computed, ct);
                shown = true;
            }

            try
            {
                using var fact = JsonDocument.Parse(row.GetString(2));
                if (type == "cycle-closed") await closed.Compare(sequence, fact.RootElement, replay.Close(fact.RootElement.Text("Cycle")), ct);
                else replay.Take(sequence, type, fact.RootElement);
            }
            catch (Exception e) when (Json.IsUnreadable(e))
            {
                computed.Breaks($"Event {sequence} of the partners ({type}) can't be read: {e.Message}");
            }
        }

        if (!shown) await Preliminary(partners, replay, computed, ct);
        return [computed, added];
    }

    // What is shown of cycles that are open, at the event up to which it is shown.
    private static async Task Preliminary(AuditedDatabase partners, CycleReplay replay, Check check, CancellationToken ct)
    {
        if (!await partners.Has("clearing.lines", ct)) return;
        var own = replay.Open.Values.SelectMany(o => o.Accounts.SelectMany(a => a.Value.Lines.Select(l => (Key: (o.Cycle.Name, a.Key.Partner, l.Key.Id), Sum: l.Value))))
            .ToDictionary(l => l.Key, l => l.Sum);
        const string open =
            """
            select cycle, partner, line, points, transactions, reversals from clearing.lines
            where not exists (select from clearing.cycles c where c.cycle = lines.cycle and c.cut is not null)
            """;
        await foreach (var row in partners.Rows(open, ct))
        {
            var key = (row.GetString(0), row.GetGuid(1), row.GetString(2));
            check.Saw("preliminary lines");
            own.Remove(key, out var sum);
            check.Holds(
                sum == new LineSum(row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
                () => $"Cycle {key.Item1} is open, and {row.GetInt64(3)} points are shown in {key.Item3} of {key.Item2}; the log comes to {sum}.");
        }

        foreach (var ((cycle, partner, line), sum) in own) check.Breaks($"Cycle {cycle} is open, and lacks {line} of {partner}: {sum}.");
    }
}
