using System.Collections.Immutable;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain;

/// <summary>An account's facts, each with the minutes after noon at which it happened and was recorded.</summary>
internal sealed record TimedStream
{
    private ImmutableList<IAccountFact> Facts { get; init; } =
        [new AccountOpened(new MemberId(AnnasAccount.Value), Minute(-1), Minute(-1)), new CardLinked(AnnasCardId, AnnasCard, 3, Minute(-1), Minute(-1))];

    public Account Account => Account.Initial(AnnasAccount.Value).Fold(Facts);

    // One fact a minute by the ledger's clock; the clocks of tills are up to twenty minutes off.
    public static TimedStream Of(int[] numbers)
    {
        var stream = new TimedStream();
        for (var i = 0; i < numbers.Length; i++)
        {
            var (number, id, at) = (numbers[i] / 8, FormattableString.Invariant($"t{i}"), i + (numbers[i] / 100 % 40) - 20);
            stream = (numbers[i] % 8) switch
            {
                0 or 1 or 2 => stream.Buy(id, number % 100, at, i),
                3 => stream.Redeem(id, 1 + (number % 120), at, i),
                4 => stream.Reserve(id, 1 + (number % 50), at, i),
                5 when stream.Account.Reservations is [var open, ..] => stream.Capture(open.Id.Value, 1 + (number % (int)open.Held().Value), at, i),
                6 when stream.Any<PointsAccrued>(number) is { } bought => stream.Return(bought.Transaction.Id.Value, 1 + (number % 30), at, i),
                7 when stream.Any<PointsRedeemed>(number) is { } spent => stream.Undo(spent, id, at, i),
                _ => stream,
            };
        }

        return stream;
    }

    public TimedStream Buy(string id, long points, int at, int? known = null) => After(a => a.Accrue(By(id, at, known), Store, AnnasCard, Eur(points), OnePerEuro));

    public TimedStream Redeem(string id, long points, int at, int? known = null) => After(a => a.Redeem(By(id, at, known), Store, AnnasCard, P(points), 1));

    public TimedStream Reserve(string id, long points, int at, int? known = null) => After(a => a.Reserve(By(id, at, known), Store, AnnasCard, P(points), 1));

    public TimedStream Capture(string reservation, long points, int at, int? known = null) =>
        After(a => a.Capture(By("capture-of-" + reservation, at, known), TransactionId.From(reservation), P(points)));

    public TimedStream Return(string purchase, long amount, int at, int? known = null) => After(a => a.Return(
        By("return-of-" + purchase, at, known), Purchase.From([.. Facts.Where(f => f is PointsAccrued b && b.Transaction.Id.Value == purchase),
            .. Facts.Where(f => f is PurchaseReversed r && r.Purchase.Value == purchase)]), Eur(amount)));

    public TimedStream With(params IReadOnlyList<IAccountFact> facts) => this with { Facts = Facts.AddRange(facts) };

    public Account Seen(int? effective = null, int? known = null)
    {
        var hindsight = new Hindsight(Account.Initial(AnnasAccount.Value), Minute(effective), Minute(known));
        return Facts.TakeWhile(hindsight.Knows).Aggregate(hindsight, (seen, fact) => seen.When(fact)).Then();
    }

    public (long Free, long Reserved, long Debt) Books(int? effective = null, int? known = null)
    {
        var then = Seen(effective, known);
        return (then.Lots.Sum(l => l.Free()).Value, then.Reserved().Value, then.Debt.Value);
    }

    public (long Free, long Reserved, long Debt) Posted(int effective, int known)
    {
        var books = Facts.Where(f => f.Times().OccurredAt <= Minute(effective) && f.Times().RecordedAt <= Minute(known))
            .SelectMany(f => Postings.Of(AnnasAccount, f)).ToLookup(p => p.LedgerAccount.Kind, p => p.Amount);
        return (books["member"].Sum(), books["reserved"].Sum(), -books["debt"].Sum());
    }

    private TimedStream Undo(PointsRedeemed spent, string id, int at, int known) =>
        After(a => a.Reverse(By(id, at, known), new Redemption(spent, Facts.OfType<RedemptionReversed>().Any(r => r.Redemption == spent.Transaction.Id))));

    private TFact? Any<TFact>(int number) where TFact : class, IAccountFact =>
        Facts.OfType<TFact>().ToList() is { Count: > 0 } all ? all[number % all.Count] : null;

    private TimedStream After(Func<Account, Decision<IAccountFact>> decide) =>
        decide(Account) is Decision<IAccountFact>.Accepted accepted ? this with { Facts = Facts.AddRange(accepted.Events) } : this;

    private static Transaction By(string id, int at, int? known) => new(Grocery, TransactionId.From(id), Minute(at), Minute(known ?? at));

    private static DateTimeOffset Minute(int minute) => Noon.AddMinutes(minute);

    private static DateTimeOffset? Minute(int? minute) => minute is { } m ? Minute(m) : null;
}
