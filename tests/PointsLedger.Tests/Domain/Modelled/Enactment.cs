using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Storage;
using Shouldly;
using static Loyalty.PointsLedger.Tests.Domain.Given;

namespace Loyalty.PointsLedger.Tests.Domain.Modelled;

/// <summary>A script carried out twice, by an account as a lane would have it and by the simple ledger, which are compared at every step.</summary>
internal sealed class Enactment
{
    private static readonly string[] CardNumbers = [AnnasCard, "6276480000000022"];
    private static readonly CardId[] CardIds = [AnnasCardId, new(Guid.Parse("55555555-5555-4555-8555-555555555555"))];
    private static readonly EventTypes Types = new EventTypes().MapAccountFacts();

    private readonly SimpleLedger model;
    private readonly StringBuilder log = new();
    private readonly List<IAccountFact> facts = [];
    private readonly Dictionary<TransactionId, List<object>> originals = [];
    private readonly Dictionary<string, long> books = [];
    private Account account;
    private Programme programme;
    private DateTimeOffset now;
    private long forgiven;
    private int steps;

    private Enactment(Script script)
    {
        (now, programme) = (script.Start, script.Programme);
        (model, account) = (new SimpleLedger(programme, CardNumbers), Account.Initial(AnnasAccount.Value));
        Happen(new AccountOpened(new MemberId(AnnasAccount.Value), now, now));
        for (var i = 0; i < 2; i++) Happen(new CardLinked(CardIds[i], CardNumbers[i], 1, now, now));
        log.AppendLine(CultureInfo.InvariantCulture, $"{programme}");
    }

    private TransactionId Id => TransactionId.From(FormattableString.Invariant($"t{steps}"));

    /// <summary>Throws where the two part, with all that was done until then.</summary>
    public static void Of(Script script)
    {
        var run = new Enactment(script);
        try
        {
            foreach (var command in script.Commands) run.Step(command);
            run.Retell();
        }
        catch (Exception e)
        {
            throw new ShouldAssertException($"{run.log}{e.Message}", e);
        }
    }

    private void Step(Command command)
    {
        steps++;
        var until = command.Pause is { UntilTimeActs: true } ? model.Next ?? now : now;
        now = until + command.Pause.For is var then && then > now ? then.ToUniversalTime() : now;
        model.Wait(now);
        if (command is Publish publish)
        {
            // The sweep has been here: what is due is written down under the programme that it was due under.
            Happen([.. account.Lapse(now, programme.Rules)]);
            programme = publish.Programme;
            model.Publish(programme);
            log.AppendLine(CultureInfo.InvariantCulture, $"{now:u} {programme}");
        }
        else if (Attempt(command) is { } attempt)
        {
            Try(attempt);
        }

        model.Wait(now);
        Compare();
        // From here on it is what it was stored as, in memory or, as now and then, in the database.
        account = steps % 8 > 0
            ? AccountImage.Of(new(account.Id.Value, account, steps)).Open(account.Id.Value).State
            : JsonSerializer.Deserialize<Account>(JsonSerializer.SerializeToUtf8Bytes(account, Types.Json), Types.Json)!;
    }

    // As in a lane: what time has done comes first, and is written down only with something that follows.
    private void Try(Attempt attempt)
    {
        log.Append(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss.fffffff} {Id}: {attempt.Words}");
        var lapsed = account.Lapse(now, programme.Rules);
        var decision = attempt.Decide(account.Fold(lapsed), lapsed);
        var accepted = (decision as Decision<IAccountFact>.Accepted)?.Events;
        var code = (decision as Decision<IAccountFact>.Refused)?.Refusal.Code;
        log.AppendLine(CultureInfo.InvariantCulture, $" -> {code ?? string.Join(", ", accepted!.Select(Told))}");

        attempt.Expect(accepted?.OfType<PointsAccrued>().FirstOrDefault()).ShouldBe(code, "the outcome");
        if (accepted is not { Count: > 0 }) return;
        Happen([.. lapsed, .. accepted]);
        var counted = accepted[0] switch { PointsAccrued e => e.Limits, PointsRedeemed { Reservation: null } e => e.Limits, PointsReserved e => e.Limits, _ => null };
        if (accepted[0] is PointsAccrued or PointsReserved or PointsRedeemed { Reservation: null })
            (counted ?? []).Where(l => l.Beyond).Select(l => l.Limit.Split('/')[0]).ShouldBe(model.Flagged, "the limits gone beyond");
    }

    private Attempt? Attempt(Command command)
    {
        var by = new Transaction(Grocery, Id, now, now);
        switch (command)
        {
            case Buy c:
                var (made, rate) = (now - c.Late, c.Partner == Grocery ? 1m : 0.75m);
                var receipt = c.Lines.IsEmpty ? null : new Receipt([.. c.Lines.Select(l => new ReceiptLine(null, l.Category, new(l.Cents, Euro)))], null, null, []);
                return new(
                    $"buy {c.Cents} ({string.Join(", ", c.Lines)}) {(c.Partner == Grocery ? "groceries" : "fuel")} with card {c.Card} {(c.Late == TimeSpan.Zero ? "" : $"late by {c.Late}")}",
                    (a, _) => a.Accrue(new(c.Partner, Id, made, now), Store, CardNumbers[c.Card], new(c.Cents, Euro), OnePerEuro with { PointsPerUnit = rate }, receipt, programme.For(c.Partner)),
                    told => model.Buy(Id, c.Partner, c.Card, c, rate, told, made, now));
            case ReturnAmount c when Pick(model.Purchases, c.Purchase) is { } p && p.Kept * c.PerMille / 1_000 is > 0 and var cents:
                return Return(p, cents, null, $"return {cents} of {p.Id}");
            case ReturnLines c when Pick(model.Purchases, c.Purchase) is { } p:
                var lines = c.Lines.Select(l => (l.Line, p.KeptLines.ElementAtOrDefault(l.Line) * l.PerMille / 1_000)).ToList();
                var sum = lines.Sum(l => l.Item2) + c.Over;
                return sum <= 0 ? null : Return(p, sum, lines, $"return {sum} of {p.Id}: {string.Join(", ", lines)}");
            case Void c when Pick(model.Purchases, c.Purchase) is { } p:
                return new(
                    $"void {p.Id}", (a, lapsed) => a.Reverse(by with { Partner = p.Partner }, Purchase.From([.. originals[p.Id], .. lapsed.OfType<PointsExpired>()]), programme.Rules),
                    _ => model.Return(p, p.Kept, null, whole: true, now));
            case Redeem c when model.Balance(now) * c.PerMille / 1_000 is > 0 and var points:
                return new(
                    $"redeem {points} with card {c.Card}", (a, _) => a.Redeem(by with { Partner = c.Partner }, Store, CardNumbers[c.Card], P(points), 1, programme.For(c.Partner)),
                    _ => model.Redeem(Id, c.Partner, c.Card, points, now));
            case Reserve c when model.Balance(now) * c.PerMille / 1_000 is > 0 and var points:
                return new(
                    $"reserve {points} with card {c.Card}",
                    (a, _) => a.Reserve(by with { Partner = c.Partner }, Store, CardNumbers[c.Card], P(points), 1, programme.For(c.Partner), programme.Rules.ReservationTimeout),
                    _ => model.Reserve(Id, c.Partner, c.Card, points, now));
            case Capture c when Pick(model.Holds, c.Reservation) is { } h:
                long? part = c.PerMille is { } perMille ? Math.Max(1, h.Held * perMille / 1_000) : null;
                return new($"capture {part} of {h.Id}", (a, _) => a.Capture(by with { Partner = h.Partner }, h.Id, part is { } n ? P(n) : null, programme.Rules), _ => model.Capture(Id, h, part, now));
            case Release c when Pick(model.Holds, c.Reservation) is { } h:
                return new($"release {h.Id}", (a, _) => a.Release(by with { Partner = h.Partner }, h.Id), _ => model.Release(h, now));
            case Undo c when Pick(model.Redemptions, c.Redemption) is { } r:
                return new($"undo {r.Id}", (a, _) => a.Reverse(by with { Partner = r.Partner }, Redemption.From(originals[r.Id])), _ => model.Undo(r, now));
            case Block c:
                return new($"block card {c.Card}", (a, _) => a.BlockCard(CardIds[c.Card], CardNumbers[c.Card], "lost", steps + 1, now, now), _ => Done(() => model.Block(c.Card)));
            case Link c:
                return new($"link card {c.Card}", (a, _) => a.LinkCard(CardIds[c.Card], CardNumbers[c.Card], steps + 1, now, now), _ => Done(() => model.Link(c.Card)));
            case Close:
                return new("close", (a, _) => a.Close("left", now, now), _ => Done(() => model.Close(now)));
            default:
                return null;
        }
    }

    private Attempt Return(SimplePurchase p, long cents, List<(int Line, long Cents)>? lines, string words) => new(
        words,
        (a, lapsed) => a.Return(
            new(p.Partner, Id, now, now), Purchase.From([.. originals[p.Id], .. lapsed.OfType<PointsExpired>()]), new(cents, Euro),
            lines?.Select(l => new ReturnedLine(l.Line, new(l.Cents, Euro))).ToImmutableArray(), programme.Rules),
        _ => model.Return(p, cents, lines, whole: false, now));

    private void Happen(params IReadOnlyList<IAccountFact> news)
    {
        foreach (var fact in news)
        {
            facts.Add(fact);
            account = account.When(fact);
            var postings = Postings.Of(AnnasAccount, fact);
            Same(postings.Sum(p => p.Amount), 0, "the sum of a fact's postings");
            foreach (var posting in postings) books[posting.LedgerAccount.ToString()] = books.GetValueOrDefault(posting.LedgerAccount.ToString()) + posting.Amount;
            if (fact is PointsAccrued or PointsRedeemed) originals[((ITransactionFact)fact).Transaction.Id] = [fact];
            if (fact is PurchaseReversed v) originals[v.Purchase].Add(v);
            if (fact is RedemptionReversed u) originals[u.Redemption].Add(u);
            if (fact is PurchaseReversed returned) forgiven += returned.Forgiven.Value;
            if (fact is PointsExpired expired)
                foreach (var own in originals.Values.Where(o => o[0] is PointsAccrued)) own.Add(expired);
        }
    }

    private void Compare()
    {
        var at = account.LapsedTo(now, programme.Rules);
        Same(
            (at.Balance(now).Value, at.Pending(now).Value, at.Reserved().Value, at.Debt.Value, forgiven),
            (model.Balance(now), model.Pending(now), model.Reserved, model.Debt, model.Forgiven), "balance, pending, reserved, debt, forgiven");
        var lots = at.Lots.Select(l => (l.From.Lot, l.Remaining.Value, l.Reserved.Value, l.From.ExpiresAt, l.Pending)).ToList();
        if (!lots.SequenceEqual(model.Lots)) lots.ShouldBe(model.Lots.ToList(), "lots: number, left, held, expiry, pending");
        Same((at.Tier?.Id, at.Tier?.NextCheck, at.NextLapse()), (model.Tier, model.TierCheck, model.Next), "tier, its next check, what time does next");

        Same(at.Lots.All(l => l.Remaining > P(0) && l.Reserved >= P(0) && l.Reserved <= l.Remaining), true, "no lot negative, no more reserved than there is");
        Same(account.Uses.All(u => u.Times >= 0 && u.Points >= P(0)), true, "no use below zero");
        Same(at.Reserved(), at.Reservations.Sum(r => r.Held()), "what is reserved");
        Same(model.Purchases.All(p => p.Kept >= 0), true, "no more returned than was bought");
        Same(books.GetValueOrDefault($"member/{AnnasAccount}"), account.Lots.Sum(l => l.Free()).Value, "the member's points in the books");
        Same(books.GetValueOrDefault($"reserved/{AnnasAccount}"), account.Reserved().Value, "the reserved points in the books");
        Same(books.GetValueOrDefault($"debt/{AnnasAccount}"), -account.Debt.Value, "the debt in the books");
    }

    private void Retell()
    {
        SameAs(Account.Initial(AnnasAccount.Value).Fold(facts), "at once");
        // To write down and read every fact of every script would take longer than all the rest.
        if (facts.Count % 4 == 0) SameAs(Account.Initial(AnnasAccount.Value).Fold(facts.Select(fact => Types.Read(Types.NameOf(fact.GetType()), Types.Write(fact)))), "from the log");
    }

    private void SameAs(Account told, string how)
    {
        foreach (var property in typeof(Account).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Written(property.GetValue(told)).ShouldBe(Written(property.GetValue(account)), $"{property.Name} folded {how}");
    }

    // What is the same is found out faster than it is said.
    private static void Same<T>(T actual, T expected, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected)) actual.ShouldBe(expected, what);
    }

    // Numbers that are equal may differ in the zeros at their end.
    private static string Written(object? value) => JsonSerializer.Serialize(value is decimal number ? number / 1.0000000000000000000000000000m : value);

    private static string? Done(Action action)
    {
        action();
        return null;
    }

    private static T? Pick<T>(List<T> from, int number) where T : class => from.Count == 0 ? null : from[number % from.Count];

    private static string Told(IAccountFact fact) => fact switch
    {
        PointsAccrued e => $"{e.Points} points{string.Concat((e.Awards ?? []).Select(a => $" + {a.Points} {a.Offer}"))} (lot {e.Lot})",
        PurchaseReversed e => $"{e.Taken()} taken back, {e.Owed()} owed, {e.Forgiven} forgiven",
        TierChanged e => $"tier {e.To} ({e.Reason})",
        _ => fact.GetType().Name,
    };
}

/// <summary>A command as it turns out: what it tries in words, how the account decides, and what the model expects.</summary>
/// <param name="Expect">From what was accrued, if so, to the code of a refusal, null for none.</param>
internal sealed record Attempt(string Words, Func<Account, IReadOnlyList<IAccountFact>, Decision<IAccountFact>> Decide, Func<PointsAccrued?, string?> Expect);
