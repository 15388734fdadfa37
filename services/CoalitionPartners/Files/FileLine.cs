using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Files;

/// <summary>A line of a partner's file: the transaction it tells of, or what is wrong with it.</summary>
/// <param name="Number">Which line of the file, from 1; the header and blank lines count.</param>
/// <param name="Transaction">What it tells; null where it can't be read.</param>
/// <param name="Fault">Why it can't be taken; null where it can.</param>
internal sealed record FileLine(int Number, FiledTransaction? Transaction, LineFault? Fault);

/// <summary>What is wrong with one line, as a stable code and a sentence for whoever sent it.</summary>
internal sealed record LineFault(string Code, string Detail)
{
    public static LineFault Of(Problem problem) => new(problem.Code, problem.Detail);

    public static LineFault Malformed(string detail) => Of(Problem.Malformed(detail));
}

/// <summary>A transaction as a partner's file writes it, which is as the ledger takes it line by line.</summary>
internal sealed record FiledTransaction(
    string Type, TransactionId TransactionId, DateTimeOffset OccurredAt, string? Card = null, string? Store = null,
    ExactNumber? Amount = null, string? Currency = null, ExactNumber? Points = null, TransactionId? Purchase = null,
    IReadOnlyList<FiledProduct>? Lines = null, string? Tender = null, string? Terminal = null, IReadOnlyList<string>? PromoCodes = null,
    IReadOnlyList<FiledReturn>? ReturnedLines = null)
{
    public const string PurchaseType = "purchase";
    public const string RedemptionType = "redemption";
    public const string ReturnType = "return";

    /// <summary>Only in books that are compared: the ledger takes no such line.</summary>
    public const string RedemptionReversalType = "redemption-reversal";
}

/// <summary>A line of a receipt.</summary>
internal sealed record FiledProduct(ExactNumber Amount, string? Product = null, string? Category = null);

/// <summary>What comes back of a line of a receipt.</summary>
internal sealed record FiledReturn(int Line, ExactNumber Amount);
