using System.Diagnostics;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.Messaging;

namespace Loyalty.CoalitionPartners.Integration;

/// <summary>Appends what the ledger has posted to the streams of the partners' months.</summary>
internal sealed class SettlementStreams(DocumentStore store, AgreedTerms terms)
{
    private static readonly ActivitySource Source = new("Loyalty.CoalitionPartners.Settlement");

    /// <summary>
    /// Appends in the inbox's transaction, all or nothing. All streams of a page are read in one query and written in one, and yet
    /// each fact stays in the trace of the purchase that caused it.
    /// </summary>
    public async Task Append<TEvent>(
        InboxTransaction inbox, IReadOnlyList<TEvent> events, Func<Guid, TEvent, Posting> read,
        Func<SettlementPeriod, Posting, Agreement, Decision<SettlementFact>> decide, CancellationToken ct)
        where TEvent : class
    {
        var due = new List<Due>(events.Count);
        foreach (var e in events)
        {
            var posting = read(inbox.EventIdOf(e), e);
            var agreement = await terms.Find(posting.Partner, posting.AgreementVersion, ct);
            due.Add(new(inbox.OriginOf(e), posting, agreement, Period(posting, agreement)));
        }

        await using var session = store.OpenSession(inbox.Origin, inbox.Transaction);
        var streams = new Dictionary<Guid, EventStream<SettlementPeriod>>(
            await session.FetchForWriting<SettlementPeriod>(due.Select(d => d.Period), ct));
        foreach (var (origin, posting, agreement, period) in due)
        {
            using var span = origin.TraceParent is { } traced ? Source.StartActivity("settle", ActivityKind.Internal, traced) : null;
            var stream = streams[period];
            streams[stream.Id] = session.Append(stream, Facts(decide(stream.State, posting, agreement)), origin with { TraceParent = span?.Id ?? origin.TraceParent });
        }

        await session.SaveChanges(ct);
    }

    private static Guid Period(Posting posting, Agreement agreement) =>
        SettlementPeriod.IdOf(posting.Partner, Month.Of(posting.OccurredAt), agreement.Currency);

    private static IReadOnlyList<SettlementFact> Facts(Decision<SettlementFact> decision) => decision switch
    {
        Decision<SettlementFact>.Accepted accepted => accepted.Events,
        // The ledger has told what happened. There is nobody to refuse it to: somebody has to look.
        Decision<SettlementFact>.Refused refused => throw new InvalidOperationException(refused.Refusal.Detail),
        _ => throw new InvalidOperationException("There is no such decision."),
    };

    private readonly record struct Due(Origin Origin, Posting Posting, Agreement Agreement, Guid Period);
}
