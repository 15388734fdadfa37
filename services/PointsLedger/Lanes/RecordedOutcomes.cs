using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.Commands;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Storage;

namespace Loyalty.PointsLedger.Lanes;

/// <summary>How the outcome of a transaction is kept under its id, and answered again to an honest repeat.</summary>
internal static class RecordedOutcomes
{
    public static readonly Refusal Differs =
        new("transaction-differs", "This id was used before for a different request. Repeat that request unchanged, or use a new id.");

    public static byte[] HashOf(ITransactionCommand command) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), StorageJson.Options));

    /// <summary>The outcome of an earlier request under the same id.</summary>
    public static Outcome<TAnswer> Replay<TAnswer>(ITransactionCommand command, byte[] payloadHash, TransactionRow recorded) => recorded switch
    {
        { Kind: TransactionKind.Voided } => command.WhenVoided,
        _ when recorded.Kind != command.Kind || !payloadHash.AsSpan().SequenceEqual(recorded.PayloadHash) => Differs.ForNow<TAnswer>(),
        { Refused: true } => JsonSerializer.Deserialize<Refusal>(recorded.Answer!, StorageJson.Options)!,
        _ => JsonSerializer.Deserialize<TAnswer>(recorded.Answer!, StorageJson.Options)!,
    };

    /// <summary>The row that keeps an outcome; null for one that is not kept.</summary>
    /// <param name="version">The version of the account's fact; null without one.</param>
    public static TransactionRow? Row<TAnswer>(ITransactionCommand command, byte[] payloadHash, Outcome<TAnswer> decided, AccountId? account, long? version)
    {
        var key = new TransactionKey(command.Partner, command.TransactionId);
        return decided switch
        {
            Outcome<TAnswer>.Accepted { Answer: var answer } => new(
                key, command.Kind, account, version, command.RefersTo, PayloadHash: payloadHash, Answer: JsonSerializer.Serialize(answer, StorageJson.Options)),
            Outcome<TAnswer>.Refused { Remember: true, Refusal: var refusal } => new(
                key, command.Kind, Refused: true, PayloadHash: payloadHash, Answer: JsonSerializer.Serialize(refusal, StorageJson.Options)),
            _ => null,
        };
    }
}
