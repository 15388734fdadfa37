using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>The items of a reconciliation as a file, written while they are read.</summary>
internal static class ReconciliationReport
{
    private const int FlushBytes = 64 * 1024;

    private const string Header =
        "item,kind,ambiguous,transactionKind,line,cardEnd,thereId,hereId,thereAt,hereAt,currency,thereAmount,hereAmount,difference,therePoints,herePoints,pointsDifference,"
        + "tolerated,state,owner,decision,reason,proposedBy,decidedBy,decidedAt\r\n";

    public static async Task Write(IAsyncEnumerable<ItemShown> items, PipeWriter to, CancellationToken ct)
    {
        Encoding.UTF8.GetBytes(Header, to);
        await foreach (var item in items.WithCancellation(ct))
        {
            Encoding.UTF8.GetBytes(Row(item), to);
            if (to.UnflushedBytes > FlushBytes) await to.FlushAsync(ct);
        }

        await to.FlushAsync(ct);
    }

    private static string Row(ItemShown i) => string.Create(
        CultureInfo.InvariantCulture,
        $"{i.Item},{i.Kind},{Flag(i.Ambiguous)},{i.TransactionKind},{i.Line},{BatchReport.Cell(i.CardEnd)},{BatchReport.Cell(i.There?.TransactionId)},{BatchReport.Cell(i.Here?.TransactionId)},")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{i.There?.OccurredAt:O},{i.Here?.OccurredAt:O},{i.Difference?.Currency.Code},{Amount(i.There?.Amount)},{Amount(i.Here?.Amount)},{Amount(i.Difference)},{i.There?.Points},{i.Here?.Points},{i.PointsDifference},")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{Flag(i.Tolerated)},{i.State},{BatchReport.Cell(i.Owner)},{i.Decision},{BatchReport.Cell(i.Reason)},{BatchReport.Cell(i.ProposedBy)},{BatchReport.Cell(i.DecidedBy)},{i.DecidedAt:O}\r\n");

    private static string Amount(Money? money) => money is { } known
        ? known.Amount.ToString("F" + known.Currency.Decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
        : "";

    private static string Flag(bool flag) => flag ? "true" : "false";
}
