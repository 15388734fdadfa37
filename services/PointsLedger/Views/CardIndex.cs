using System.Threading.Channels;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.PointsLedger.Views;

/// <summary>Where a card leads.</summary>
internal sealed record KnownCard(AccountId Account, string Number);

/// <summary>
/// Finds where scanned cards lead. A card never leads elsewhere once it leads to an account, so what was found is kept. Cards that are
/// asked for at the same time are looked up in one query: while one is under way, the next ones gather.
/// </summary>
internal sealed class CardIndex(DocumentStore store)
{
    private const int Kept = 400_000;
    private const int MostAtOnce = 1_000;

    private readonly BoundedCache<string, KnownCard> cards = new(Kept, _ => 1);
    private readonly Channel<Question> questions = Channel.CreateUnbounded<Question>();
    private int answering;

    /// <summary>Where a card leads; null when nobody has told of it.</summary>
    public ValueTask<KnownCard?> Find(string scanned) => cards.TryGet(scanned, out var known) ? new(known) : new(Ask(scanned));

    /// <summary>Looks up so many cards in one query, so that asking for each of them costs nothing.</summary>
    public async Task Prepare(IEnumerable<string> scanned, CancellationToken ct)
    {
        string[] unknown = [.. scanned.Distinct(StringComparer.Ordinal).Where(c => !cards.TryGet(c, out _))];
        if (unknown.Length == 0) return;
        await using var query = store.DataSource.CreateCommand("select scanned, account_id, number from cards where scanned = any ($1)");
        query.Parameters.Add(new() { Value = unknown });
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct)) cards.Put(row.GetString(0), new(AccountId.From(row.GetGuid(1)), row.GetString(2)));
    }

    private Task<KnownCard?> Ask(string scanned)
    {
        var question = new Question(scanned);
        questions.Writer.TryWrite(question);
        if (Interlocked.CompareExchange(ref answering, 1, 0) == 0) _ = Task.Run(AnswerAll);
        return question.Answer.Task;
    }

    private async Task AnswerAll()
    {
        while (true)
        {
            var asked = new List<Question>();
            while (asked.Count < MostAtOnce && questions.Reader.TryRead(out var question)) asked.Add(question);
            await Answer(asked);
            if (questions.Reader.TryPeek(out _)) continue;

            // Whoever asks between the last look and this line finds somebody still answering: look once more.
            Volatile.Write(ref answering, 0);
            if (!questions.Reader.TryPeek(out _) || Interlocked.CompareExchange(ref answering, 1, 0) != 0) return;
        }
    }

    private async Task Answer(List<Question> asked)
    {
        try
        {
            await Prepare(asked.Select(q => q.Scanned), CancellationToken.None);
            foreach (var question in asked) question.Answer.TrySetResult(cards.TryGet(question.Scanned, out var found) ? found : null);
        }
        catch (Exception e)
        {
            foreach (var question in asked) question.Answer.TrySetException(e);
        }
    }

    private sealed record Question(string Scanned)
    {
        public TaskCompletionSource<KnownCard?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
