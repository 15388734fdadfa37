using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Storage;
using Loyalty.ServiceDefaults;

namespace Loyalty.PointsLedger.Features;

/// <summary>One transaction among many in a request: the members of a purchase, a redemption or a return, and no others.</summary>
internal sealed record TransactionLine(
    string Type, TransactionId TransactionId, DateTimeOffset OccurredAt, string? Card = null, string? Store = null,
    ExactNumber? Amount = null, string? Currency = null, ExactNumber? Points = null, TransactionId? Purchase = null,
    IReadOnlyList<PurchaseLine>? Lines = null, string? Tender = null, string? Terminal = null, IReadOnlyList<string>? PromoCodes = null,
    IReadOnlyList<LineBack>? ReturnedLines = null)
{
    public const string PurchaseType = "purchase";
    public const string RedemptionType = "redemption";
    public const string ReturnType = "return";

    private static readonly JsonSerializerOptions Json =
        new(StrictJson.Options) { TypeInfoResolver = JsonTypeInfoResolver.Combine(LedgerTypes.Default, new DefaultJsonTypeInfoResolver()) };

    /// <summary>Reads a line; what is wrong with it otherwise.</summary>
    public static TransactionLine? Read(ReadOnlySpan<byte> text, out Problem? problem)
    {
        problem = JsonText.Fault(text) is { } fault ? Problem.Malformed(fault.Replace("body", "line", StringComparison.Ordinal)) : null;
        if (problem is not null) return null;
        try
        {
            var line = JsonSerializer.Deserialize<TransactionLine>(text, Json);
            problem = line is null ? Problem.Malformed("The line is null. Send one JSON object per line.") : line.Fault();
            return line;
        }
        catch (JsonException e)
        {
            problem = Problem.Malformed(e);
            return null;
        }
    }

    public RecordPurchase ToPurchase(PartnerId partner, bool mayBackdate) =>
        new(partner, TransactionId, Card!, Store!, Amount!.Value, Currency!, OccurredAt.ToUniversalTime())
        {
            Receipt = ReceiptDetails.Of(Lines, Tender, Terminal, PromoCodes),
            MayBackdate = mayBackdate,
        };

    public RedeemPoints ToRedemption(PartnerId partner, bool mayBackdate) =>
        new(partner, TransactionId, Card!, Store!, Points!.Value, OccurredAt.ToUniversalTime()) { Terminal = Terminal, MayBackdate = mayBackdate };

    public ReturnPurchase ToReturn(PartnerId partner, bool mayBackdate) =>
        new(partner, TransactionId, Purchase!.Value, Amount!.Value, Currency!, OccurredAt.ToUniversalTime()) { Lines = ReturnedLines, MayBackdate = mayBackdate };

    /// <summary>What is missing or too much for its type; null when nothing is.</summary>
    public Problem? Fault() => Type switch
    {
        PurchaseType => Fits(card: true, amount: true, points: false, purchase: false),
        RedemptionType => Fits(card: true, amount: false, points: true, purchase: false),
        ReturnType => Fits(card: false, amount: true, points: false, purchase: true),
        _ => Problem.Malformed($"The type is none of {PurchaseType}, {RedemptionType} and {ReturnType}. Send one of them."),
    };

    private Problem? Fits(bool card, bool amount, bool points, bool purchase)
    {
        (string Name, bool Given, bool Expected)[] members =
        [
            ("card", Card is not null, card), ("store", Store is not null, card), ("amount", Amount is not null, amount),
            ("currency", Currency is not null, amount), ("points", Points is not null, points), ("purchase", Purchase is not null, purchase),
        ];
        foreach (var (name, given, expected) in members)
        {
            if (given == expected) continue;
            return Problem.Malformed(expected ? $"A {Type} has a member '{name}'. Add it." : $"A {Type} has no member '{name}'. Remove it.");
        }

        return Optional(Type == PurchaseType, ("lines", Lines), ("tender", Tender), ("promoCodes", PromoCodes))
            ?? Optional(Type is PurchaseType or RedemptionType, ("terminal", Terminal))
            ?? Optional(Type == ReturnType, ("returnedLines", ReturnedLines));
    }

    private Problem? Optional(bool allowed, params ReadOnlySpan<(string Name, object? Given)> members)
    {
        foreach (var (name, given) in members)
        {
            if (given is not null && !allowed) return Problem.Malformed($"A {Type} has no member '{name}'. Remove it.");
        }

        return null;
    }
}
