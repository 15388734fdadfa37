using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using FluentValidation;
using FluentValidation.Results;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.PointsLedger.Views;
using Loyalty.ServiceDefaults;
using Npgsql;

namespace Loyalty.PointsLedger.Features;

/// <summary>Who sends transactions.</summary>
internal sealed record Sender(PartnerId Partner, Caller Caller)
{
    /// <summary>What was sent in this request, in order.</summary>
    public PostingSeries Series { get; } = new();
}

/// <summary>Takes transactions off one pipe, line by line, and writes what became of each into another, in the same order.</summary>
internal sealed class TransactionExchange(
    PostingLanes lanes, TillBook tills, FailureThrottle scans, RefusalStatuses statuses,
    IValidator<RecordPurchase> purchases, IValidator<RedeemPoints> redemptions, IValidator<ReturnPurchase> returns)
{
    // A line is a few hundred bytes; whoever sends more in one has lost a line break.
    private const int LongestLine = 16 * 1024;

    // So many lines may be under way; then the sender waits. With the length of a line this bounds the memory a request takes.
    private const int Window = 4_000;

    private const int FlushBytes = 16 * 1024;

    private static readonly Problem TooLong = Problem.Malformed($"The line is longer than {LongestLine} bytes. Put every transaction on a line of its own.");

    /// <summary>Runs until the last line has been answered.</summary>
    public async Task Run(PipeReader lines, PipeWriter answers, Sender sender, CancellationToken ct)
    {
        var underWay = Channel.CreateBounded<LineAnswer>(new BoundedChannelOptions(Window) { SingleReader = true, SingleWriter = true });
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = Write(underWay.Reader, answers, stopping);
        try
        {
            await Read(lines, underWay.Writer, sender, stopping.Token);
        }
        finally
        {
            underWay.Writer.Complete();
            await writing;
        }
    }

    private async Task Read(PipeReader lines, ChannelWriter<LineAnswer> underWay, Sender sender, CancellationToken ct)
    {
        var parsed = new List<ParsedLine>();
        var (number, skipping) = (0, false);
        while (true)
        {
            var read = await lines.ReadAsync(ct);
            var rest = read.Buffer;
            parsed.Clear();
            while (Next(ref rest, read.IsCompleted) is { } text)
            {
                number++;
                if (!skipping && Parse(number, text) is { } line) parsed.Add(line);
                skipping = false;
            }

            if (rest.Length > LongestLine)
            {
                if (!skipping) parsed.Add(new(number + 1, null, TooLong));
                skipping = true;
                rest = rest.Slice(rest.End);
            }

            lines.AdvanceTo(rest.Start, read.Buffer.End);
            await Prepare(parsed, sender, ct);
            foreach (var line in parsed) await underWay.WriteAsync(await Post(line, sender, ct), ct);
            if (read.IsCompleted) return;
        }
    }

    private async Task Prepare(List<ParsedLine> parsed, Sender sender, CancellationToken ct)
    {
        try
        {
            await tills.Prepare([.. parsed.Where(l => l.Sent?.Card is not null).Select(l => l.Sent!.Card!)], ct);
        }
        catch (NpgsqlException e)
        {
            // The database is away: nothing from here on is posted, and every line is answered so.
            sender.Series.Interrupt(e);
        }
    }

    private static ReadOnlySequence<byte>? Next(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        var line = rest;
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return line;
        }

        if (!isLast || rest.IsEmpty) return null;
        rest = rest.Slice(rest.End);
        return line;
    }

    // A blank line is nobody's transaction. It is counted and passed over.
    private static ParsedLine? Parse(int number, ReadOnlySequence<byte> text)
    {
        if (text.Length > LongestLine) return new(number, null, TooLong);
        var bytes = (text.IsSingleSegment ? text.FirstSpan : text.ToArray()).Trim(" \t\r"u8);
        return bytes.IsEmpty ? null : new(number, TransactionLine.Read(bytes, out var problem), problem);
    }

    private async ValueTask<LineAnswer> Post(ParsedLine line, Sender sender, CancellationToken ct)
    {
        var id = line.Sent?.TransactionId;
        if (line.Problem is { } problem) return new RefusedLine(line.Number, id, problem);
        if (sender.Series.Interrupted) return new RefusedLine(line.Number, id, LineProblems.Interrupted);
        var sent = line.Sent!;
        var scope = sent.Type == TransactionLine.RedemptionType ? "ledger.redeem" : "ledger.post";
        if (!sender.Caller.Has(scope))
            return new RefusedLine(line.Number, id, Problem.Of(403, "insufficient-scope", $"This needs a token with the scope {scope}."));
        if (sent.Card is not null && scans.Refusal(sender.Caller.ClientId) is { } tooMany) return new RefusedLine(line.Number, id, tooMany);

        var mayBackdate = sender.Caller.Has("ledger.backdate");
        switch (sent.Type)
        {
            case TransactionLine.PurchaseType:
                var purchase = sent.ToPurchase(sender.Partner, mayBackdate);
                return await Post(line, purchase, purchases.Validate(purchase), sender, ct);
            case TransactionLine.RedemptionType:
                var redemption = sent.ToRedemption(sender.Partner, mayBackdate);
                return await Post(line, redemption, redemptions.Validate(redemption), sender, ct);
            default:
                var back = sent.ToReturn(sender.Partner, mayBackdate);
                return await Post(line, back, returns.Validate(back), sender, ct);
        }
    }

    private async ValueTask<LineAnswer> Post<TAnswer>(
        ParsedLine line, IPosting<TAnswer> command, ValidationResult rules, Sender sender, CancellationToken ct)
    {
        if (!rules.IsValid) return new RefusedLine(line.Number, command.TransactionId, Problem.Of(rules.ToFaults()));
        var posted = await lanes.PostInOrder(command, sender.Caller.Origin, sender.Series, ct);
        return new PostedLine<TAnswer>(line.Number, command.TransactionId, posted, statuses, refusal => Scanned(refusal, sender.Caller));
    }

    // Who keeps naming unknown cards is scanning for numbers.
    private void Scanned(Refusal refusal, Caller caller)
    {
        if (refusal == Refusals.UnknownCard) scans.Failed(caller.ClientId);
    }

    private static async Task Write(ChannelReader<LineAnswer> underWay, PipeWriter answers, CancellationTokenSource stopping)
    {
        try
        {
            using var json = new Utf8JsonWriter(answers, new JsonWriterOptions { SkipValidation = true });
            await foreach (var answer in underWay.ReadAllAsync(stopping.Token))
            {
                // What is known goes out before waiting for what is not.
                if (!answer.Known.IsCompleted)
                {
                    await answers.FlushAsync(stopping.Token);
                    await answer.Known.WaitAsync(stopping.Token);
                }

                answer.Write(json);
                json.Flush();
                json.Reset();
                "\n"u8.CopyTo(answers.GetSpan(1));
                answers.Advance(1);
                if (answers.UnflushedBytes > FlushBytes || underWay.Count == 0) await answers.FlushAsync(stopping.Token);
            }
        }
        catch
        {
            // Nobody can be answered any more, so nothing more need be read. What is under way is posted all the same.
            await stopping.CancelAsync();
            throw;
        }
    }

    private readonly record struct ParsedLine(int Number, TransactionLine? Sent, Problem? Problem);
}
