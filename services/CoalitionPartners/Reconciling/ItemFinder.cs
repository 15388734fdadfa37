using System.Data;
using Loyalty.CoalitionPartners.Domain.Reconciling;
using Loyalty.CoalitionPartners.Storage;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Reconciling;

/// <summary>Takes a reconciliation one step on; each step is a transaction, and the next one begins where the row says.</summary>
internal sealed class ItemFinder(DocumentStore store)
{
    // Numbers of items follow the order of the pages, so a page that was written twice would meet itself.
    public async Task Step(OpenReconciliation reconciliation, CancellationToken ct)
    {
        var rule = (await store.Load<MatchingRules>(MatchingRules.Stream, ct))?.State.Find(reconciliation.Rule) ?? MatchingRule.Usual;
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        if (!reconciliation.IsMatched)
        {
            await Pairing.Run(transaction, reconciliation, rule, ct);
            await Move(transaction, "state = 'finding', matched_at = now()", "state = 'matching'", ct, reconciliation.Id);
        }
        else if (await PairReader.OfLinesAfter(transaction, reconciliation.Id, reconciliation.FoundLine, ct) is [.., { Line: { } line }] lines)
        {
            await ReconciliationItemRows.Copy(transaction, reconciliation, rule, lines, ct);
            await Move(transaction, "found_line = $2, items = $3", "found_line < $2", ct, reconciliation.Id, line, reconciliation.Items + lines.Count);
        }
        else if (await PairReader.MissingAfter(transaction, reconciliation.Id, reconciliation.FoundEvent, ct) is [.., { Event: { } last }] missing)
        {
            await ReconciliationItemRows.Copy(transaction, reconciliation, rule, missing, ct);
            await Move(transaction, "found_event = $2, items = $3", "found_event < $2", ct, reconciliation.Id, last, reconciliation.Items + missing.Count);
        }
        else
        {
            await Complete(transaction, reconciliation.Id, ct);
        }

        await transaction.CommitAsync(ct);
    }

    private static async Task Complete(NpgsqlTransaction transaction, Guid id, CancellationToken ct)
    {
        await ReconciliationTotalRows.Write(transaction, id, ct);
        if ((await ReconciliationTotalRows.Read(transaction.Connection!, id, ct)).FirstOrDefault(t => !t.Explained) is { } wrong)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant($"Reconciliation {id}: the items of {wrong.Kind} {wrong.Currency} come to {wrong.Items}, and the totals differ by {wrong.AmountDifference} and {wrong.PointsDifference} points."));
        }

        await Move(transaction, "state = 'complete', completed_at = now()", "state = 'finding'", ct, id);
    }

    private static async Task Move(NpgsqlTransaction transaction, string to, string from, CancellationToken ct, params object[] parameters)
    {
        await using var command = new NpgsqlCommand($"update reconciliations set {to} where id = $1 and {from}", transaction.Connection, transaction);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        if (await command.ExecuteNonQueryAsync(ct) != 1) throw new InvalidOperationException("Another process has taken this step.");
    }
}
