using FluentValidation;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Lanes;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>The ledger's own time, against which the time at the till is judged.</summary>
internal sealed class LedgerTime(TimePolicy policy, TimeProvider clock)
{
    /// <summary>The transaction as it will be recorded; or why its time is refused. A repeat with a better clock or more rights may pass.</summary>
    public Refusal? Judge(ITransactionCommand command, out Transaction transaction)
    {
        var now = clock.GetUtcNow();
        transaction = new(command.Partner, command.TransactionId, command.OccurredAt, now, policy.IsLate(command.OccurredAt, now));
        return policy.Refuse(command.OccurredAt, now, command.MayBackdate);
    }
}

internal static class TransactionRequests
{
    /// <summary>Nothing was posted; the same request may be sent again.</summary>
    public static readonly Problem Full =
        Problem.TooManyRequests("The ledger has as much to do as it can hold. Repeat the request unchanged in a moment.", TimeSpan.FromSeconds(1));

    /// <summary>Posts, and answers with what became of it.</summary>
    public static async Task<IResult> Post<TCommand, TAnswer>(
        this HttpContext http, TCommand command, Func<TAnswer, string?>? created, Func<TAnswer, int>? status = null)
        where TCommand : IPosting<TAnswer>
    {
        try
        {
            var outcome = await http.Desk<TCommand, TAnswer>().Post(command, http.Caller().Origin, http.RequestAborted);
            return outcome.ToHttp(status ?? (_ => StatusCodes.Status201Created), created);
        }
        catch (LaneFullException)
        {
            return Full;
        }
    }

    /// <summary>The same for a request that names a card; who keeps naming unknown ones is scanning for numbers and is stopped.</summary>
    public static Task<IResult> PostWithCard<TCommand, TAnswer>(this HttpContext http, TCommand command, Func<TAnswer, string?> created)
        where TCommand : IPosting<TAnswer> =>
        http.WatchingScans(caller => http.Desk<TCommand, TAnswer>().Post(command, caller.Origin, http.RequestAborted), created);

    /// <summary>Answers what posting it now would come to, and posts nothing.</summary>
    public static Task<IResult> Simulate<TCommand, TAnswer>(this HttpContext http, TCommand command) where TCommand : IPosting<TAnswer> =>
        http.WatchingScans<TAnswer>(caller => http.Desk<TCommand, TAnswer>().Simulate(command, caller.Origin, http.RequestAborted), created: null);

    public static RouteHandlerBuilder DescribesDryRun<TAnswer>(this RouteHandlerBuilder endpoint, string summary, string of) => endpoint
        .WithIdempotencyKey(required: false)
        .WithSummary(summary)
        .WithDescription(
            $"A dry run of POST {of}: the same request is checked and decided in the same way and gets the same answer or refusal, but nothing is posted " +
            "and its transactionId stays free. An id that was used already is answered as a repeat. What is posted in between may change the real answer.")
        .Produces<TAnswer>();

    private static async Task<IResult> WatchingScans<TAnswer>(
        this HttpContext http, Func<Caller, Task<Outcome<TAnswer>>> ask, Func<TAnswer, string?>? created)
    {
        var scans = http.RequestServices.GetRequiredService<FailureThrottle>();
        var caller = http.Caller();
        if (scans.Refusal(caller.ClientId) is { } tooMany) return tooMany;
        try
        {
            var outcome = await ask(caller);
            return outcome is Outcome<TAnswer>.Refused { Refusal: var refusal } && refusal == Refusals.UnknownCard && scans.Failed(caller.ClientId) is { } over
                ? over
                : outcome.ToHttp(created);
        }
        catch (LaneFullException)
        {
            return Full;
        }
    }

    private static PostingDesk<TCommand, TAnswer> Desk<TCommand, TAnswer>(this HttpContext http) where TCommand : IPosting<TAnswer> =>
        http.RequestServices.GetRequiredService<PostingDesk<TCommand, TAnswer>>();

    public static bool MayBackdate(this HttpContext http) => http.Caller().Has("ledger.backdate");

    public static string Address(string transactionId) => $"/v1/transactions/{transactionId}";

    /// <summary>An id in the address; one that nobody can have given is simply not there.</summary>
    public static TransactionId InAddress(string id) =>
        TransactionId.IsValid(id) ? TransactionId.From(id) : throw new ProblemException(Problem.NotFound());
}

internal static class TransactionRules
{
    public static IRuleBuilderOptions<T, string> MustBeStore<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(code => code.Length is >= 1 and <= 64).WithMessage("Give the store's code, 1 to 64 characters.");

    public static IRuleBuilderOptions<T, string> MustBeCard<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(IsCard).WithMessage("Give the card's number or barcode as digits. Its check digit must be right; read the card again.");

    public static IRuleBuilderOptions<T, string?> MustBeTerminal<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(ReceiptRules.IsName).WithMessage("The terminal has 1 to 64 characters.");

    private static bool IsCard(string text) =>
        text.Length is >= 8 and <= 19 && text.All(char.IsAsciiDigit) && (HasLuhnDigit(text) || (text.Length == 13 && HasEanDigit(text)));

    private static bool HasLuhnDigit(string digits) =>
        digits.Reverse().Select((c, i) => (c - '0') * (1 + (i % 2))).Sum(n => n > 9 ? n - 9 : n) % 10 == 0;

    private static bool HasEanDigit(string digits) => digits.Select((c, i) => (c - '0') * (i % 2 == 0 ? 1 : 3)).Sum() % 10 == 0;
}
