using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Reconciling;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>The rows of items. What was found stands in them for ever; what people did about it stands in the items' streams, and here as it is now.</summary>
internal static class ReconciliationItemRows
{
    /// <summary>The name of a state or a kind, as rows and answers have it.</summary>
    public static string NameOf(this ItemState state) => state switch
    {
        ItemState.Open => "open",
        ItemState.Assigned => "assigned",
        ItemState.Proposed => "proposed",
        _ => "decided",
    };

    public static string NameOf(this DifferenceKind kind) => kind switch
    {
        DifferenceKind.MissingHere => "missing-here",
        DifferenceKind.MissingThere => "missing-there",
        DifferenceKind.AmountDiffers => "amount-differs",
        DifferenceKind.PointsDiffer => "points-differ",
        _ => "duplicate",
    };

    public static string NameOf(this ItemDecision decision) => decision switch
    {
        ItemDecision.Accept => "accept",
        ItemDecision.Correct => "correct",
        ItemDecision.Reject => "reject",
        _ => "dispute",
    };

    public static DifferenceKind KindOf(string name) => Enum.GetValues<DifferenceKind>().Single(k => k.NameOf() == name);

    /// <summary>Adds a page of items behind those that were found before.</summary>
    public static async Task Copy(
        NpgsqlTransaction transaction, OpenReconciliation reconciliation, MatchingRule rule, IReadOnlyList<FoundPair> page, CancellationToken ct)
    {
        await using var copy = await transaction.Connection!.BeginBinaryImportAsync(
            """
            copy reconciliation_items (reconciliation, item, partner, kind, ambiguous, line, event_id, transaction_kind, currency, there_id, there_amount, there_points,
                there_at, card_end, here_id, here_amount, here_points, here_at, amount_difference, points_difference, tolerated, state, decision, decided_by) from stdin (format binary)
            """, ct);
        for (var i = 0; i < page.Count; i++)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(reconciliation.Id, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(reconciliation.Items + i + 1, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(reconciliation.Partner.Value, NpgsqlDbType.Uuid, ct);
            await Write(copy, page[i], page[i].Pair.ToleratedBy(rule) ? reconciliation.Rule : null, ct);
        }

        await copy.CompleteAsync(ct);
    }

    private static async Task Write(NpgsqlBinaryImporter copy, FoundPair found, int? toleratedBy, CancellationToken ct)
    {
        var pair = found.Pair;
        await copy.WriteAsync(pair.Difference!.Value.NameOf(), NpgsqlDbType.Text, ct);
        await copy.WriteAsync(pair.Ambiguous, NpgsqlDbType.Boolean, ct);
        if (found.Line is { } line) await copy.WriteAsync(line, NpgsqlDbType.Integer, ct);
        else await copy.WriteNullAsync(ct);
        if (found.Event is { } id) await copy.WriteAsync(id, NpgsqlDbType.Uuid, ct);
        else await copy.WriteNullAsync(ct);
        await copy.WriteAsync(pair.Kind, NpgsqlDbType.Text, ct);
        await copy.WriteAsync(pair.Currency, NpgsqlDbType.Text, ct);
        await Write(copy, pair.There, ct);
        await copy.WriteAsync(found.CardEnd, NpgsqlDbType.Text, ct);
        await Write(copy, pair.Here, ct);
        await copy.WriteAsync(pair.AmountDifference, NpgsqlDbType.Bigint, ct);
        await copy.WriteAsync(pair.PointsDifference, NpgsqlDbType.Bigint, ct);
        await copy.WriteAsync(toleratedBy is not null, NpgsqlDbType.Boolean, ct);
        await copy.WriteAsync((toleratedBy is null ? ItemState.Open : ItemState.Decided).NameOf(), NpgsqlDbType.Text, ct);
        await copy.WriteAsync(toleratedBy is null ? null : ItemDecision.Accept.NameOf(), NpgsqlDbType.Text, ct);
        await copy.WriteAsync(toleratedBy is { } rule ? FormattableString.Invariant($"rule:{rule}") : null, NpgsqlDbType.Text, ct);
    }

    private static async Task Write(NpgsqlBinaryImporter copy, Entry? entry, CancellationToken ct)
    {
        await copy.WriteAsync(entry?.TransactionId, NpgsqlDbType.Text, ct);
        await copy.Write(entry?.Amount, ct);
        await copy.Write(entry?.Points, ct);
        if (entry is { OccurredAt: var at }) await copy.WriteAsync(at.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        else await copy.WriteNullAsync(ct);
    }

    /// <summary>What people have done about an item, in its row; in the transaction that stores what they did. Once decided, the line needs no card number.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Moved(Guid reconciliation, int item, ReconciliationItem after)
    {
        var command = new NpgsqlBatchCommand(
            """
            update reconciliation_items set state = $3, owner = $4, decision = $5, reason = $6, proposed_by = $7, decided_by = $8, decided_at = $9, correction = $10
            where reconciliation = $1 and item = $2
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = reconciliation }, new() { Value = item }, new() { Value = after.State.NameOf() }, Text(after.Owner),
            Text((after.Decision?.Decision ?? after.Proposal?.Decision)?.NameOf()), Text(after.Decision?.Reason ?? after.Proposal?.Reason),
            Text(after.Decision?.Maker ?? after.Proposal?.Maker), Text(after.Decision?.Checker),
            new NpgsqlParameter<DateTime?> { TypedValue = after.Decision?.ApprovedAt.UtcDateTime }, new NpgsqlParameter<Guid?> { TypedValue = after.Decision?.Correction },
        });
        yield return command;
        if (after.Decision is null) yield break;
        var forget = new NpgsqlBatchCommand(
            """
            update reconciliation_lines l set content = null from reconciliation_items i
            where i.reconciliation = $1 and i.item = $2 and l.reconciliation = $1 and l.line = i.line and l.content is not null
            """);
        forget.Parameters.Add(new() { Value = reconciliation });
        forget.Parameters.Add(new() { Value = item });
        yield return forget;
    }

    private static NpgsqlParameter Text(string? value) => new NpgsqlParameter<string?> { TypedValue = value };
}
