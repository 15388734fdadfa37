using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>A partner's account in one currency, as far as postings, payments and corrections of one cycle go.</summary>
internal sealed class ReplayedAccount
{
    private static readonly string[] WithFee = ["issue", "prepaid-issue", "acceptance"];

    private readonly List<StatementItem> entries = [];

    public Dictionary<LineName, LineSum> Lines { get; } = [];

    public void Add(LineName line, LineSum sum) => Lines[line] = Lines.GetValueOrDefault(line) + sum;

    public void Add(StatementItem entry) => entries.Add(entry);

    public void Take(ReplayedAccount other)
    {
        foreach (var (line, sum) in other.Lines) Add(line, sum);
        entries.AddRange(other.entries);
    }

    /// <summary>What its statement must say.</summary>
    /// <param name="charges">By the agreement that holds at the cycle's end; null for none.</param>
    public List<StatementItem> Statement(string currency, AgreedCharges? charges)
    {
        var (items, owed, transactions) = (new List<StatementItem>(entries), 0L, 0L);
        foreach (var (line, sum) in Lines)
        {
            var side = SettledPart.SideOf(SettledPart.DirectionOf(line.Kind));
            var amount = side * Currencies.Minor(sum.Points * line.Price, currency);
            items.Add(StatementItem.Line(line, sum, amount));
            if (side < 0) owed -= amount;
            if (WithFee.Contains(line.Kind)) transactions += sum.Transactions;
        }

        return charges is null ? items : [.. items, .. charges.On(transactions, owed)];
    }
}

/// <summary>A cycle into which postings still come.</summary>
internal sealed record OpenCycle(ReplayedCycle Cycle)
{
    public Dictionary<(Guid Partner, string Currency), ReplayedAccount> Accounts { get; } = [];
}

/// <summary>A cycle that takes no more, and by which agreements it is charged.</summary>
internal sealed record CutCycle(ReplayedCycle Cycle, long Sequence, OpenCycle Held, IReadOnlyDictionary<Guid, AgreedCharges> Agreed);

/// <summary>
/// What the log of CoalitionPartners puts into which cycle, event by event: a posting into the cycle in which it took place, or, where that
/// is cut, into the one after the last cut; payments and corrections into the one that is open. Of postings it keeps sums.
/// </summary>
internal sealed class CycleReplay(Check check)
{
    public static readonly string[] Types =
    [
        "postings-settled", "points-issued", "issue-reversed", "points-accepted", "acceptance-reversed",
        "clearing-calendar-published", "agreement-made", "cycle-cut", "payment-confirmed", "correction-posted",
    ];

    private readonly CycleCalendar calendar = new();
    private readonly Dictionary<string, OpenCycle> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CutCycle> cut = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, List<AgreedCharges>> agreements = [];
    private DateTimeOffset? cutUntil;
    private ReplayedCycle? afterCut;

    public IReadOnlyDictionary<string, OpenCycle> Open => open;

    /// <summary>Takes a cycle out that was closed; null where none of the name was cut.</summary>
    public CutCycle? Close(string cycle) => cut.Remove(cycle, out var closed) ? closed : null;

    public void Take(long sequence, string type, JsonElement fact)
    {
        switch (type)
        {
            case "clearing-calendar-published":
                calendar.Publish(fact);
                afterCut = null;
                break;
            case "agreement-made":
                agreements.TryAdd(fact.Id("Partner"), []);
                agreements[fact.Id("Partner")].Add(AgreedCharges.Of(fact));
                break;
            case "cycle-cut":
                Cut(sequence, fact);
                break;
            case "payment-confirmed":
                var amount = fact.Number("Amount");
                Account(Next(fact.Time("RecordedAt")), fact.Id("Partner"), fact.Text("Currency"))
                    .Add(StatementItem.Payment(fact, fact.Text("Cycle"), fact.Text("Direction") == "pay" ? -amount : amount));
                break;
            case "correction-posted":
                Account(Next(fact.Time("PostedAt")), fact.Id("Partner"), fact.Text("Currency")).Add(StatementItem.Adjustment(fact));
                break;
            default:
                foreach (var posting in ClearedPosting.Of(type, fact)) Post(posting);
                break;
        }
    }

    private void Post(ClearedPosting posting)
    {
        check.Saw("postings");
        var origin = calendar.At(posting.OccurredAt);
        var late = posting.OccurredAt < cutUntil;
        if (late) check.Saw("late postings");
        Account(late ? Next(posting.OccurredAt) : origin, posting.Partner, posting.Currency)
            .Add(new(origin.Name, posting.Plain, posting.Agreement, posting.Price), posting.Sum);
    }

    // The cycle after the last cut; before any was cut, the one in which something happens.
    private ReplayedCycle Next(DateTimeOffset happens) => cutUntil is { } until ? afterCut ??= calendar.At(until) : calendar.At(happens);

    // What had come into earlier ones that nobody closed goes along.
    private void Cut(long sequence, JsonElement fact)
    {
        var cycle = new ReplayedCycle(fact.Text("Cycle"), fact.Time("From"), fact.Time("Until"));
        check.Holds(!(cycle.Until <= cutUntil), () => $"Cycle {cycle.Name} is cut at event {sequence}, after one that ends at {cutUntil:O}.");
        var held = new OpenCycle(cycle);
        foreach (var earlier in open.Values.Where(o => o.Cycle.Until <= cycle.Until).ToList())
        {
            foreach (var ((partner, currency), account) in earlier.Accounts) Account(held, partner, currency).Take(account);
            open.Remove(earlier.Cycle.Name);
        }

        var agreed = agreements.Select(a => (Partner: a.Key, Agreed: a.Value.Where(g => g.From < cycle.Until).OrderBy(g => g.From).ThenBy(g => g.Version).LastOrDefault()))
            .Where(a => a.Agreed is not null).ToDictionary(a => a.Partner, a => a.Agreed!);
        cut[cycle.Name] = new(cycle, sequence, held, agreed);
        if (!(cycle.Until <= cutUntil)) (cutUntil, afterCut) = (cycle.Until, null);
    }

    private ReplayedAccount Account(ReplayedCycle cycle, Guid partner, string currency)
    {
        if (!open.TryGetValue(cycle.Name, out var into)) into = open[cycle.Name] = new(cycle);
        return Account(into, partner, currency);
    }

    private static ReplayedAccount Account(OpenCycle cycle, Guid partner, string currency)
    {
        if (!cycle.Accounts.TryGetValue((partner, currency), out var account)) account = cycle.Accounts[(partner, currency)] = new();
        return account;
    }
}

/// <summary>A posting as it was settled.</summary>
internal readonly record struct ClearedPosting(string Kind, Guid Partner, string Currency, int Agreement, decimal Price, long Points, DateTimeOffset OccurredAt)
{
    public string Plain => SettledPart.PlainOf(Kind);

    public LineSum Sum => Plain == Kind ? new(Points, 1, 0) : new(-Points, 0, 1);

    /// <summary>The postings of a fact; those of older logs hold a single one.</summary>
    public static IEnumerable<ClearedPosting> Of(string type, JsonElement fact)
    {
        if (type == "postings-settled")
        {
            var (kind, partner, currency) = (fact.Text("Kind"), fact.Id("Partner"), fact.Text("Currency"));
            return fact.Items("Prices").SelectMany(price => price.Items("Postings").Select(posting => new ClearedPosting(
                kind, partner, currency, (int)price.Number("AgreementVersion"), price.Exact("Price"), posting.Number("Points"), posting.Time("OccurredAt"))));
        }

        var single = fact.Part("Posting");
        var plain = type switch
        {
            "points-issued" => "issue",
            "issue-reversed" => "issue-reversal",
            "points-accepted" => "acceptance",
            _ => "acceptance-reversal",
        };
        return
        [
            new(plain, single.Id("Partner"), fact.Text("Currency"), (int)single.Number("AgreementVersion"), fact.Exact("Price"), single.Number("Points"), single.Time("OccurredAt")),
        ];
    }
}
