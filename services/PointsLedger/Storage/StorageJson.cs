using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;
using Loyalty.PointsLedger.Features;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// How facts, states, requests and answers are written into the database. Storage format: it does not change with the HTTP interface.
/// </summary>
internal static class StorageJson
{
    public static JsonSerializerOptions Options { get; } =
        new() { TypeInfoResolver = JsonTypeInfoResolver.Combine(LedgerTypes.Default, new DefaultJsonTypeInfoResolver()) };
}

/// <summary>What source generation knows of the ledger's types, so that nothing on the way of a posting is found out by reflection.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(AccountOpened))]
[JsonSerializable(typeof(CardLinked))]
[JsonSerializable(typeof(CardBlocked))]
[JsonSerializable(typeof(PointsAccrued))]
[JsonSerializable(typeof(DebtRepaid))]
[JsonSerializable(typeof(PurchaseReversed))]
[JsonSerializable(typeof(PointsReserved))]
[JsonSerializable(typeof(PointsRedeemed))]
[JsonSerializable(typeof(ReservationReleased))]
[JsonSerializable(typeof(RedemptionReversed))]
[JsonSerializable(typeof(ReservationTimedOut))]
[JsonSerializable(typeof(PointsActivated))]
[JsonSerializable(typeof(PointsExpired))]
[JsonSerializable(typeof(PoolOpened))]
[JsonSerializable(typeof(AccountMerged))]
[JsonSerializable(typeof(AccountSeparated))]
[JsonSerializable(typeof(PointsSent))]
[JsonSerializable(typeof(PointsReceived))]
[JsonSerializable(typeof(TierChanged))]
[JsonSerializable(typeof(DowngradeAnnounced))]
[JsonSerializable(typeof(VoucherRedeemed))]
[JsonSerializable(typeof(GoalChosen))]
[JsonSerializable(typeof(GoalDropped))]
[JsonSerializable(typeof(AccountClosed))]
[JsonSerializable(typeof(WrittenDraw))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(RecordPurchase))]
[JsonSerializable(typeof(PurchaseRecorded))]
[JsonSerializable(typeof(ReturnPurchase))]
[JsonSerializable(typeof(PurchaseReturned))]
[JsonSerializable(typeof(RedeemPoints))]
[JsonSerializable(typeof(PointsSpent))]
[JsonSerializable(typeof(ReservePoints))]
[JsonSerializable(typeof(ReservationMade))]
[JsonSerializable(typeof(CaptureReservation))]
[JsonSerializable(typeof(ReservationCaptured))]
[JsonSerializable(typeof(ReleaseReservation))]
[JsonSerializable(typeof(ReservationFreed))]
[JsonSerializable(typeof(ReverseTransaction))]
[JsonSerializable(typeof(TransactionReversed))]
[JsonSerializable(typeof(AccountBalance))]
[JsonSerializable(typeof(TransactionLine))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class LedgerTypes : JsonSerializerContext;
