using System.Threading.Channels;

namespace Loyalty.PointsLedger.Views;

/// <summary>Answers what is asked at the same time with one query: while one is under way, the next questions gather.</summary>
/// <param name="answers">Answers so many keys at once; keys it leaves out have no answer.</param>
internal sealed class GatheredQuestions<TKey, TAnswer>(Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TAnswer>>> answers)
    where TKey : notnull
    where TAnswer : class
{
    private const int MostAtOnce = 1_000;

    private readonly Channel<Question> questions = Channel.CreateUnbounded<Question>();
    private int answering;

    /// <summary>The answer; null when there is none.</summary>
    public Task<TAnswer?> Ask(TKey key)
    {
        var question = new Question(key);
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
            var found = await answers([.. asked.Select(q => q.Key).Distinct()]);
            foreach (var question in asked) question.Answer.TrySetResult(found.GetValueOrDefault(question.Key));
        }
        catch (Exception e)
        {
            foreach (var question in asked) question.Answer.TrySetException(e);
        }
    }

    private sealed record Question(TKey Key)
    {
        public TaskCompletionSource<TAnswer?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
