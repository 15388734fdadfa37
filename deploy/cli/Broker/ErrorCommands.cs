using System.CommandLine;
using Loyalty.Messaging;
using RabbitMQ.Client.Exceptions;
using Spectre.Console;

namespace Loyalty.Cli.Broker;

/// <summary><c>errors</c> and <c>redrive QUEUE</c>: messages that could not take effect, and their way back.</summary>
internal static class ErrorCommands
{
    private const int LongestReason = 240;
    private const int IdsShown = 3;

    public static Command Errors()
    {
        var errors = new Command("errors", "List the messages that no consumer could process.");
        errors.SetAction((_, ct) => Outcome.Of(() => List(ct), ct));
        return errors;
    }

    public static Command Redrive()
    {
        var queue = new Argument<string>("queue") { Description = "The queue whose failed messages go back to it, as 'errors' names it." };
        var redrive = new Command("redrive", "Put the failed messages of a queue back into it.") { queue };
        redrive.SetAction((parsed, ct) => Outcome.Of(() => PutBack(parsed.GetRequiredValue(queue), ct), ct));
        return redrive;
    }

    private static async Task List(CancellationToken ct)
    {
        var queues = await Ask(letters => letters.List(ct: ct));
        if (queues.Count == 0)
        {
            AnsiConsole.MarkupLine("No message has failed.");
            return;
        }

        foreach (var queue in queues)
        {
            var table = Show.Table($"{queue.Queue}: {queue.Count} failed", "first events", "events");
            table.AddColumns("message", "failed at", "why");
            // An id that is broken over two lines can't be copied.
            table.Columns[0].NoWrap();
            foreach (var letter in queue.First)
                table.AddRow(Cell(FirstEvents(letter)), Show.Number(letter.EventIds.Count), Cell(letter.MessageType), Cell(letter.FailedAt), Cell(letter.Reason));
            AnsiConsole.Write(table);
            AnsiConsole.MarkupLineInterpolated($"When the cause is repaired: ./loyalty redrive {queue.Queue}");
        }
    }

    private static async Task PutBack(string queue, CancellationToken ct)
    {
        var count = await Ask(async letters =>
        {
            try
            {
                return await letters.Redrive(queue, ct);
            }
            catch (OperationInterruptedException e)
            {
                throw new StoppedException($"The broker has no error queue of '{queue}'. './loyalty errors' names the queues that have failed messages.", e);
            }
        });
        AnsiConsole.MarkupLineInterpolated($"{Show.Number(count)} {(count == 1 ? "message is" : "messages are")} back in {queue}.");
    }

    private static async Task<T> Ask<T>(Func<DeadLetters, Task<T>> question)
    {
        try
        {
            return await question(new DeadLetters(Addresses.Broker()));
        }
        catch (BrokerUnreachableException e)
        {
            throw new StoppedException("The broker of LOYALTY_BROKER_URI does not answer. Start it with './loyalty up'.", e);
        }
    }

    private static string? FirstEvents(DeadLetter letter) =>
        letter.EventIds.Count == 0 ? letter.MessageId : string.Join('\n', letter.EventIds.Take(IdsShown));

    private static string Cell(string? text) =>
        (text is { Length: > LongestReason } ? text[..LongestReason] + "…" : text ?? "").EscapeMarkup();
}
