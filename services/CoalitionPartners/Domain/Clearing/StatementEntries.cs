using System.Text.Json.Serialization;

namespace Loyalty.CoalitionPartners.Domain.Clearing;

/// <summary>A payment, or a part of one, that was booked since the statement before.</summary>
/// <param name="Cycle">The cycle that it settles.</param>
/// <param name="Amount">Minor units in the partner's favour: below zero the partner was paid, and is owed less.</param>
internal sealed record StatementPayment(string EndToEndId, CycleId Cycle, long Amount, DateTimeOffset BookedAt, string BankReference);

/// <summary>A correction of something earlier. It is posted forward, because what is closed never changes.</summary>
/// <param name="Amount">Minor units in the partner's favour.</param>
/// <param name="Cycle">The closed cycle that it corrects; null where it was posted without a dispute.</param>
/// <param name="Line">The line of that cycle's statement; null likewise.</param>
/// <param name="Dispute">The dispute that was upheld; null likewise.</param>
internal sealed record StatementAdjustment(
    Guid Correction, long Amount, string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CycleId? Cycle,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Line,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Dispute)
{
    /// <summary>Its name within a statement.</summary>
    [JsonIgnore]
    public string LineId => $"adjustment.{Correction}";
}
