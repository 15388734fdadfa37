using System.Globalization;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>Something that happened to a partner, as it is told.</summary>
/// <param name="Subject">What it is about: a transaction, a cycle, a client.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">What is known about it; one of the records below.</param>
/// <param name="TraceParent">The trace in which it happened, where the fact itself says it.</param>
internal sealed record PartnerEvent(PartnerId Partner, string Type, string Subject, DateTimeOffset At, object Data, string? TraceParent = null)
{
    /// <summary>What a stored fact means for partners, always in the same order; nothing, for most.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="recordedAt">When it was recorded, for facts that don't say when they happened.</param>
    public static IEnumerable<PartnerEvent> Of(object fact, DateTimeOffset recordedAt) => fact switch
    {
        SettlementFact f => Points(f.Settled()),
        CycleClosed c => from currency in c.Currencies from statement in currency.Statements select Statement(c, statement, recordedAt),
        AgreementMade a =>
        [
            new(a.Partner, PartnerEventTypes.AgreementMade, a.Version.ToString(CultureInfo.InvariantCulture), a.AgreedAt,
                new AgreementData(a.Version, a.EffectiveFrom, a.Currency.Code, a.PointsPerUnit, a.IssuePrice, a.RedeemPrice)),
        ],
        BlockRunningLow b =>
            [new(b.Partner, PartnerEventTypes.BlockRunningLow, "prepaid-account", b.NoticedAt, new BlockData(b.Left.Value, b.AlertBelow.Value))],
        ApiClientRegistered r =>
            [new(r.Partner, PartnerEventTypes.ClientRegistered, r.ClientId, r.RegisteredAt, new ClientData(r.ClientId, r.Name, r.Scopes))],
        ApiClientRevoked r =>
            [new(r.Partner, PartnerEventTypes.ClientRevoked, r.ClientId, r.RevokedAt, new RevokedClientData(r.ClientId))],
        _ => [],
    };

    private static IEnumerable<PartnerEvent> Points(PostingsSettled settled) => PartnerEventTypes.Of(settled.Kind) is not { } type ? [] :
        from priced in settled.Prices
        from posting in priced.Postings
        select new PartnerEvent(settled.Partner, type, posting.TransactionId.Value, posting.OccurredAt,
            new PointsData(
                posting.LedgerEventId, posting.TransactionId, settled.Kind, posting.Points.Value, posting.OccurredAt, priced.AgreementVersion, priced.Price, settled.Currency.Code),
            posting.TraceParent);

    private static PartnerEvent Statement(CycleClosed closed, Statement statement, DateTimeOffset at) =>
        new(statement.Partner, PartnerEventTypes.CycleClosed, closed.Cycle.ToString(), at, new StatementData(
            closed.Cycle.ToString(), closed.From, closed.Until, new(statement.BroughtForward, statement.Currency), statement.Position.Owes, statement.Position.Owed,
            statement.Position.Net, new(statement.CarriedForward, statement.Currency), $"/v1/clearing/cycles/{closed.Cycle}/statements/{statement.Partner}"));
}

/// <param name="LedgerEventId">The ledger's event behind it.</param>
/// <param name="Points">How many; what the type says became of them.</param>
/// <param name="Price">What a point costs by this version of the agreement, in units of the currency.</param>
internal sealed record PointsData(
    Guid LedgerEventId, TransactionId TransactionId, PostingKind Kind, long Points, DateTimeOffset OccurredAt, int AgreementVersion, decimal Price, string Currency);

/// <param name="Net">What the partner gets for this cycle; below zero, what it pays.</param>
/// <param name="CarriedForward">What is left to be paid with it: brought forward, and this cycle.</param>
/// <param name="Statement">Where the statement is.</param>
internal sealed record StatementData(
    string Cycle, DateTimeOffset From, DateTimeOffset Until, Money BroughtForward, Money Owes, Money Owed, Money Net, Money CarriedForward, string Statement);

internal sealed record AgreementData(
    int Version, DateTimeOffset EffectiveFrom, string Currency, decimal PointsPerUnit, decimal IssuePrice, decimal RedeemPrice);

internal sealed record BlockData(long Left, long AlertBelow);

internal sealed record ClientData(string ClientId, string Name, IReadOnlyList<string> Scopes);

internal sealed record RevokedClientData(string ClientId);

internal sealed record TestData(Guid WebhookId);
