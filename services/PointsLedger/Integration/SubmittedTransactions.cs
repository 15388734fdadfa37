using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Features;
using Loyalty.PointsLedger.Lanes;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Reads what was submitted as the line that a till would have sent, and says what became of it.</summary>
internal static class SubmittedTransactions
{
    /// <summary>The line it stands for.</summary>
    /// <exception cref="UnpostableException">No till could have sent it.</exception>
    public static TransactionLine ToLine(this TransactionSubmitted e)
    {
        if (!TransactionId.IsValid(e.TransactionId) || (e.Purchase is not null && !TransactionId.IsValid(e.Purchase)))
            throw UnpostableException.Of(e, "malformed-request", "It has an id that no transaction can have.");
        var line = new TransactionLine(
            e.Kind, TransactionId.From(e.TransactionId), e.OccurredAt, e.Card, e.Store, e.AmountMinor is { } minor ? Amount(minor, e.Currency) : null, e.Currency,
            e.Points is { } points ? ExactNumber.From(points) : null, e.Purchase is { } purchase ? TransactionId.From(purchase) : null,
            e.Lines?.Select(l => new PurchaseLine(Amount(l.AmountMinor, e.Currency), l.Product, l.Category)).ToList(), e.Tender, e.Terminal, e.PromoCodes,
            e.ReturnedLines?.Select(l => new LineBack(l.Line, Amount(l.AmountMinor, e.Currency))).ToList());
        return line.Fault() is { } fault ? throw UnpostableException.Of(e, fault.Code, fault.Detail) : line;
    }

    public static TransactionAnswered Posted(this TransactionSubmitted e, bool before, (long Points, long Balance) figures) =>
        new(e.PartnerId, e.TransactionId, e.BatchId, e.Line, before ? "replayed" : "accepted", Points: figures.Points, Balance: figures.Balance);

    public static TransactionAnswered Refused(this TransactionSubmitted e, string code, string detail) =>
        new(e.PartnerId, e.TransactionId, e.BatchId, e.Line, code == RecordedOutcomes.Differs.Code ? "differs" : "refused", code, detail);

    private static ExactNumber Amount(long minor, string? code) =>
        ExactNumber.From(Currency.TryFrom(code, out var currency) ? new Money(minor, currency).Amount : minor);
}

/// <summary>A submitted transaction can't be posted as it stands.</summary>
internal sealed class UnpostableException : Exception
{
    public UnpostableException()
    {
    }

    public UnpostableException(string message) : base(message)
    {
    }

    public UnpostableException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Stable code of the reason.</summary>
    public string Code { get; private init; } = "invalid-request";

    /// <summary>The reason in a sentence.</summary>
    public string Reason { get; private init; } = "";

    public static UnpostableException Of(TransactionSubmitted submitted, string code, string reason) =>
        new($"Transaction {submitted.TransactionId}: {code}. {reason}") { Code = code, Reason = reason };
}
