using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain;

// The facts of a prepaid account. Their members are storage format: see Storage/StoredEvents.cs before renaming one.
internal abstract record PrepaidFact;

/// <summary>Somebody has proposed to buy a block. Nothing is owed before another one agrees.</summary>
/// <param name="Price">What a point costs, in units of the currency.</param>
/// <param name="AgreementVersion">The terms by which it is bought.</param>
internal sealed record BlockProposed(
    PartnerId Partner, Guid Block, Points Points, decimal Price, Currency Currency, int AgreementVersion, string Maker, DateTimeOffset ProposedAt) : PrepaidFact;

/// <summary>Another one has disagreed: nothing becomes of it.</summary>
internal sealed record BlockRejected(PartnerId Partner, Guid Block, string Checker, DateTimeOffset RejectedAt) : PrepaidFact;

/// <summary>A block was bought, and is owed for.</summary>
/// <param name="Maker">Who had proposed it; null where the agreement replenishes by itself.</param>
/// <param name="Checker">Who has agreed; null likewise.</param>
internal sealed record BlockBought(
    PartnerId Partner, Guid Block, Points Points, decimal Price, Currency Currency, int AgreementVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Maker,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Checker,
    DateTimeOffset BoughtAt) : PrepaidFact;

/// <summary>Points were issued out of the blocks. The settlement of the month has their receipts.</summary>
/// <param name="Points">Net of what returns gave back, and below zero where that was more.</param>
internal sealed record BlockPointsIssued(PartnerId Partner, Points Points, DateTimeOffset IssuedAt) : PrepaidFact;

/// <summary>Fewer points are left than agreed. Told once, until there are enough again.</summary>
internal sealed record BlockRunningLow(PartnerId Partner, Points Left, Points AlertBelow, DateTimeOffset NoticedAt) : PrepaidFact;
