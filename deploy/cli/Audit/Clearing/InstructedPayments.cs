using System.Text.Json;

namespace Loyalty.Cli.Audit.Clearing;

/// <summary>
/// Payments, against the positions of the cycle that they settle, and bookings, against the payments. Read in the order of the log; what is
/// kept of a cycle is forgotten when it is settled.
/// </summary>
internal sealed class InstructedPayments
{
    private static readonly string[] Types = ["cycle-closed", "bank-account-changed", "cycle-payments-instructed", "payment-confirmed", "cycle-settled"];

    private readonly Check check = new(21, "payments are the positions of their closed cycle, each instructed once, and booked no further than that");
    private readonly Dictionary<string, Dictionary<(Guid Partner, string Currency), long>> positions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CycleInPayment> underWay = new(StringComparer.Ordinal);
    private readonly HashSet<string> instructed = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, string> accounts = [];

    public static async Task<IReadOnlyList<Check>> Run(AuditedDatabase partners, CancellationToken ct)
    {
        var payments = new InstructedPayments();
        await foreach (var row in partners.Rows("select seq_id, type, data::text from mt_events where type = any ($1) order by seq_id", ct, (object)Types))
        {
            try
            {
                using var fact = JsonDocument.Parse(row.GetString(2));
                payments.Take(row.GetString(1), fact.RootElement);
            }
            catch (Exception e) when (Json.IsUnreadable(e))
            {
                payments.check.Breaks($"Event {row.GetInt64(0)} of the partners ({row.GetString(1)}) can't be read: {e.Message}");
            }
        }

        payments.End();
        return [payments.check];
    }

    private void Take(string type, JsonElement fact)
    {
        switch (type)
        {
            case "cycle-closed":
                positions[fact.Text("Cycle")] = fact.Items("Currencies").SelectMany(c => c.Items("Statements"))
                    .Select(s => (Key: (s.Id("Partner"), s.Text("Currency")), Net: StatementItem.AllOf(s).Where(i => i.InPosition).Sum(i => i.Amount)))
                    .Where(s => s.Net != 0).ToDictionary(s => s.Key, s => s.Net);
                break;
            case "bank-account-changed":
                accounts[Holder(fact)] = Told(fact.Part("Account"));
                break;
            case "cycle-payments-instructed":
                Instruct(fact.Part("Order"));
                break;
            case "payment-confirmed":
                Book(fact);
                break;
            default:
                check.Saw("cycles settled");
                check.Holds(
                    underWay.Remove(fact.Text("Cycle"), out var cycle) && cycle.IsPaid, () => $"Cycle {fact.Text("Cycle")} is said to be settled, and {cycle?.Left ?? 0} of its payments are not.");
                break;
        }
    }

    private void Instruct(JsonElement order)
    {
        var cycle = order.Text("Cycle");
        check.Saw("cycles instructed");
        check.Holds(instructed.Add(cycle), () => $"Cycle {cycle} is instructed twice.");
        if (!positions.Remove(cycle, out var due)) check.Breaks($"Cycle {cycle} is instructed, and was not closed before, or is instructed twice.");
        var payments = underWay[cycle] = new();
        foreach (var payment in order.Items("Instructions"))
        {
            check.Saw("payments");
            var (id, partner, currency) = (payment.Text("EndToEndId"), payment.Id("Partner"), payment.Text("Currency"));
            var amount = payment.Text("Direction") == "pay" ? payment.Number("Amount") : -payment.Number("Amount");
            var net = due is not null && due.Remove((partner, currency), out var position) ? position : 0;
            check.Holds(amount == net, () => $"Payment {id} of cycle {cycle} brings partner {partner} {Currencies.Told(amount, currency)}, and its position is {Currencies.Told(net, currency)}.");
            check.Holds(
                id.StartsWith($"{cycle}.{currency}.", StringComparison.Ordinal) && payments.TryAdd(id, new(partner, currency, payment.Text("Direction"), payment.Number("Amount"))),
                () => $"Payment {id} is instructed twice in cycle {cycle}, or bears another cycle's or currency's name.");
            Same(cycle, accounts.GetValueOrDefault(partner), Told(payment.Part("Account")));
        }

        if (!payments.IsPaid) Same(cycle, accounts.GetValueOrDefault(Guid.Empty), Told(order.Part("Coalition")));
        foreach (var ((partner, currency), net) in due ?? []) check.Breaks($"Cycle {cycle} is instructed without the position of partner {partner}, {Currencies.Told(net, currency)}.");
    }

    private void Same(string cycle, string? approved, string used) =>
        check.Holds(approved == used, () => $"Cycle {cycle} is instructed with {used}, and {approved ?? "no account"} was approved.");

    private void Book(JsonElement fact)
    {
        check.Saw("bookings");
        var (cycle, id, reference) = (fact.Text("Cycle"), fact.Text("EndToEndId"), fact.Text("BankReference"));
        var payment = underWay.GetValueOrDefault(cycle)?.Find(id);
        check.Holds(
            payment is not null && (payment.Partner, payment.Currency, payment.Direction) == (fact.Id("Partner"), fact.Text("Currency"), fact.Text("Direction")),
            () => $"A booking {reference} is of payment {id} of cycle {cycle}, which is not open, or another's.");
        if (payment is null) return;
        payment.Booked += fact.Number("Amount");
        check.Holds(fact.Number("Amount") > 0 && payment.Booked <= payment.Amount, () => $"Payment {id} is of {payment.Amount}, and {payment.Booked} are booked.");
        check.Holds(underWay[cycle].References.Add(reference), () => $"The booking {reference} of cycle {cycle} is confirmed twice.");
    }

    private void End()
    {
        foreach (var (cycle, _) in underWay.Where(u => u.Value.IsPaid)) check.Breaks($"All of cycle {cycle} is paid, and it is not said to be settled.");
        if (positions.Count > 0) check.Remark = $"{Show.Number(positions.Count)} closed cycles are not instructed yet";
    }

    // The coalition's own account has no partner.
    private static Guid Holder(JsonElement fact) => fact.Has("Partner") ? fact.Id("Partner") : Guid.Empty;

    private static string Told(JsonElement account) => $"{account.Text("Iban")} {(account.Has("Bic") ? account.Text("Bic") : "-")} {account.Text("Holder")}";

    private sealed class CycleInPayment
    {
        private readonly Dictionary<string, Payment> payments = new(StringComparer.Ordinal);

        public HashSet<string> References { get; } = new(StringComparer.Ordinal);

        public int Left => payments.Values.Count(p => p.Booked != p.Amount);

        public bool IsPaid => Left == 0;

        public bool TryAdd(string id, Payment payment) => payments.TryAdd(id, payment);

        public Payment? Find(string id) => payments.GetValueOrDefault(id);
    }

    private sealed class Payment(Guid partner, string currency, string direction, long amount)
    {
        public Guid Partner => partner;

        public string Currency => currency;

        public string Direction => direction;

        public long Amount => amount;

        public long Booked { get; set; }
    }
}
