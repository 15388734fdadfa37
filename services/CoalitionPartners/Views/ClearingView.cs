using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Disputes;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Views;

/// <summary>
/// Which posting is cleared in which cycle. It reads cuts between postings in the order of the log, so what a cycle holds is settled by
/// its cut and by nothing that comes later. Of postings it keeps sums, and in which facts they are found; payments and corrections go to
/// the cycle that is open at their place in the log.
/// </summary>
internal sealed class ClearingView : IProjection
{
    public string Name => "clearing";

    public string Tables =>
        """
        create table calendars (version int primary key, cadence text not null, time_zone text not null, cut_off time not null, grace_days int not null, since timestamptz null);
        create table cycles (
            cycle       text        primary key,
            starts      timestamptz not null,
            ends        timestamptz not null,
            due         timestamptz not null,
            maker       text        null,
            proposed_at timestamptz null,
            checker     text        null,
            approved_at timestamptz null,
            cut         bigint      null,
            closed_at   timestamptz null,
            settled_at  timestamptz null
        );
        create index on cycles (ends);
        create table lines (
            cycle        text    not null,
            partner      uuid    not null,
            line         text    not null,
            currency     text    not null,
            origin       text    not null,
            kind         text    not null,
            agreement    int     not null,
            price        numeric not null,
            points       bigint  not null,
            transactions bigint  not null,
            reversals    bigint  not null,
            primary key (cycle, partner, line)
        );
        create table facts (cycle text not null, partner uuid not null, line text not null, sequence bigint not null, primary key (cycle, partner, line, sequence));
        create table partners (partner uuid primary key, code text not null, name text not null);
        create table agreements (partner uuid not null, version int not null, currency text not null, effective_from timestamptz not null, sequence bigint not null, primary key (partner, version));
        create table balances (partner uuid not null, currency text not null, cycle text not null, ends timestamptz not null, carried_forward bigint not null, primary key (partner, currency, cycle));
        create table payments (
            sequence       bigint      primary key,
            cycle          text        not null,
            partner        uuid        not null,
            currency       text        not null,
            end_to_end     text        not null,
            settles        text        not null,
            amount         bigint      not null,
            booked_at      timestamptz not null,
            bank_reference text        not null
        );
        create index on payments (cycle);
        create table adjustments (
            sequence   bigint primary key,
            cycle      text   not null,
            correction uuid   not null,
            partner    uuid   not null,
            currency   text   not null,
            amount     bigint not null,
            reason     text   not null,
            of_cycle   text   null,
            of_line    text   null,
            dispute    uuid   null
        );
        create index on adjustments (cycle);
        create table applied (one boolean primary key default true check (one), sequence bigint not null);
        insert into applied (sequence) values (0);
        """;

    public async Task Apply(NpgsqlConnection connection, IReadOnlyList<StoredEvent> page, CancellationToken ct)
    {
        var state = await StateBefore(connection, ct);
        var sums = new ClearingSums();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var e in page)
        {
            if (e.Data is SettlementFact fact)
            {
                sums.Add(state, fact.Settled(), e.Sequence);
                continue;
            }

            if (e.Data is CycleCut or ClearingCalendarPublished) sums.Flush(batch);
            state = state.When(e.Data);
            foreach (var command in Commands(e, state)) batch.BatchCommands.Add(command);
        }

        sums.Flush(batch);
        batch.BatchCommands.Add(Sql("update applied set sequence = $1", page[^1].Sequence));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static IEnumerable<NpgsqlBatchCommand> Commands(StoredEvent e, ClearingState state) => e.Data switch
    {
        PartnerAdmitted a => [Sql("insert into partners values ($1, $2, $3)", a.Partner.Value, a.Code, a.Name)],
        AgreementMade a =>
            [Sql("insert into agreements values ($1, $2, $3, $4, $5)", a.Partner.Value, a.Version, a.Currency.Code, a.EffectiveFrom.UtcDateTime, e.Sequence)],
        ClearingCalendarPublished c =>
            [Sql("insert into calendars values ($1, $2, $3, $4, $5, $6)", c.Version, c.Cadence.ToString(), c.TimeZone, c.CutOff, c.GraceDays, (object?)c.From?.UtcDateTime ?? DBNull.Value)],
        // A cycle that is closed without a posting in it is first heard of here.
        ClosingProposed p => [ClearingSums.Cycles([state.Calendar.At(p.From)]), Sql("update cycles set maker = $2, proposed_at = $3 where cycle = $1", p.Cycle.ToString(), p.Maker, p.ProposedAt.UtcDateTime)],
        ClosingRejected r => [Sql("update cycles set maker = null, proposed_at = null where cycle = $1", r.Cycle.ToString())],
        CycleCut c => Cut(c, e.Sequence),
        CycleClosed c => [Sql("update cycles set closed_at = $2 where cycle = $1", c.Cycle.ToString(), e.RecordedAt.UtcDateTime), Balances(c)],
        PaymentConfirmed p => [ClearingSums.Cycles([state.Open(p.RecordedAt)]), Payment(p, state.Open(p.RecordedAt).Id, e.Sequence)],
        CorrectionPosted p => [ClearingSums.Cycles([state.Open(p.PostedAt)]), Adjustment(p, state.Open(p.PostedAt).Id, e.Sequence)],
        CycleSettled s => [Sql("update cycles set settled_at = $2 where cycle = $1", s.Cycle.ToString(), s.SettledAt.UtcDateTime)],
        _ => [],
    };

    // The cycle takes along what had come into earlier ones that nobody closed while its own closing was being decided.
    private static IEnumerable<NpgsqlBatchCommand> Cut(CycleCut c, long sequence)
    {
        var (cycle, until) = (c.Cycle.ToString(), c.Until.UtcDateTime);
        yield return Sql("update cycles set checker = $2, approved_at = $3, cut = $4 where cycle = $1", cycle, c.Checker, c.ApprovedAt.UtcDateTime, sequence);
        foreach (var table in new[] { "lines", "facts", "payments", "adjustments" })
            yield return Sql($"update {table} set cycle = $1 where cycle in (select cycle from cycles where ends <= $2 and cut is null)", cycle, until);
    }

    private static NpgsqlBatchCommand Payment(PaymentConfirmed p, CycleId cycle, long sequence) => Sql(
        "insert into payments values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        sequence, cycle.ToString(), p.Partner.Value, p.Currency.Code, p.EndToEndId, p.Cycle.ToString(), p.OnAccount(), p.BookedAt.UtcDateTime, p.BankReference);

    private static NpgsqlBatchCommand Adjustment(CorrectionPosted c, CycleId cycle, long sequence) => Sql(
        "insert into adjustments values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        sequence, cycle.ToString(), c.Correction, c.Partner.Value, c.Currency.Code, c.Amount, c.Reason,
        (object?)c.Cycle?.ToString() ?? DBNull.Value, (object?)c.Line ?? DBNull.Value, (object?)c.Dispute ?? DBNull.Value);

    private static NpgsqlBatchCommand Balances(CycleClosed closed)
    {
        var statements = closed.Currencies.SelectMany(c => c.Statements).ToList();
        return Sql(
            "insert into balances select p, c, $1, $2, f from unnest($3::uuid[], $4::text[], $5::bigint[]) s (p, c, f)",
            closed.Cycle.ToString(), closed.Until.UtcDateTime, statements.Select(s => s.Partner.Value).ToArray(),
            statements.Select(s => s.Currency.Code).ToArray(), statements.Select(s => s.CarriedForward).ToArray());
    }

    private static async Task<ClearingState> StateBefore(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new("select cadence, time_zone, cut_off, grace_days, since from calendars order by version"), new("select max(ends) from cycles where cut is not null") },
        };
        var state = ClearingState.Initial;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var rules = new CalendarRules(Enum.Parse<Cadence>(reader.GetString(0)), reader.GetString(1), reader.GetFieldValue<TimeOnly>(2), reader.GetInt32(3));
            state = state with { Calendar = state.Calendar.With(await reader.IsDBNullAsync(4, ct) ? null : reader.GetFieldValue<DateTimeOffset>(4), rules) };
        }

        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) && !await reader.IsDBNullAsync(0, ct) ? state with { CutUntil = reader.GetFieldValue<DateTimeOffset>(0) } : state;
    }

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
