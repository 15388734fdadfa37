using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.CoalitionPartners.Files;
using Loyalty.Contracts.CoalitionPartners.V1;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>What the ledger is told of a line of a partner's file, as it is kept until it is sent.</summary>
internal static class SubmittedLines
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The same text for lines that say the same, however they were written.</summary>
    public static string Content(FiledTransaction filed, Caller sender) =>
        Content(filed, sender.Partner!.Value, sender.Has("ledger.backdate"), sender.Origin.CausedBy);

    /// <summary>The same for a partner's line that somebody else may have sent.</summary>
    public static string Content(FiledTransaction filed, PartnerId partner, bool mayBackdate, string submittedBy)
    {
        var currency = filed.Currency is { } code ? Currency.From(code) : default;
        return Content(
            new TransactionSubmitted(
                partner.Value, filed.TransactionId.Value, filed.Type, filed.Card, filed.Store, filed.Amount?.ToMoney(currency).Minor, filed.Currency,
                filed.Points?.ToPoints().Value, filed.Purchase?.Value, filed.OccurredAt.ToUniversalTime(), mayBackdate, submittedBy)
            {
                Lines = filed.Lines?.Select(l => new SubmittedProduct(l.Amount.ToMoney(currency).Minor, l.Product, l.Category)).ToList(),
                Tender = filed.Tender,
                Terminal = filed.Terminal,
                PromoCodes = filed.PromoCodes,
                ReturnedLines = filed.ReturnedLines?.Select(l => new SubmittedReturn(l.Line, l.Amount.ToMoney(currency).Minor)).ToList(),
            });
    }

    /// <summary>What is kept of an event, from which <see cref="Read"/> makes it again.</summary>
    public static string Content(TransactionSubmitted submitted) => JsonSerializer.Serialize(submitted, Json);

    /// <summary>Equal for equal texts, and for others all but never.</summary>
    public static long Fingerprint(string content) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>The event that tells it as a line of its batch.</summary>
    public static TransactionSubmitted Read(string content, Guid batch, int line) =>
        JsonSerializer.Deserialize<TransactionSubmitted>(content, Json)! with { BatchId = batch, Line = line };
}
