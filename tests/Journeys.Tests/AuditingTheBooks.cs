using System.Globalization;
using System.Text.RegularExpressions;

namespace Loyalty.Journeys.Tests;

/// <summary>An audit of honest books finds nothing; for every invariant, one that is broken in a copy of them is found by its check.</summary>
public sealed partial class AuditingTheBooks(AuditingDatabases databases) : IClassFixture<AuditingDatabases>
{
    [Fact]
    public async Task finds_nothing_wrong_with_an_honest_day()
    {
        var ended = await databases.Audit();

        ended.ExitCode.ShouldBe(0, ended.Output + ended.Errors);
        ended.Output.ShouldContain(" checks, 0 failed");
        Regex.Matches(ended.Output, @"^ok +\d+  .*: [1-9]", RegexOptions.Multiline).Count.ShouldBe(Regex.Count(ended.Output, "^ok", RegexOptions.Multiline), ended.Output);
    }

    [Fact]
    public async Task sees_a_trial_balance_that_differs_from_the_facts() =>
        (await Ledger("update trial_balance.sums set debit = debit + 1 where ctid = (select min(ctid) from trial_balance.sums)")).ShouldBe([1]);

    [Fact]
    public async Task sees_a_fact_whose_postings_do_not_balance() =>
        (await Ledger($"update mt_events set data = jsonb_set(data, array['Points'], '6') where {Fact("points-reserved", "kept-open")}")).ShouldBe([1, 2]);

    [Fact]
    public async Task sees_points_that_left_for_another_account_and_never_came() =>
        (await Ledger("update mt_events set data = jsonb_set(data, array['Transfer'], to_jsonb(gen_random_uuid())) where type = 'points-received'")).ShouldBe([1]);

    [Fact]
    public async Task sees_points_set_free_in_a_lot_that_had_none_set_aside() => (await Ledger(
        $"""
        update mt_events set data = jsonb_set(data, array['Draws','0','From'], (select data #> array['Draws','0','From'] from mt_events where {Fact("redemption-reversed", "unspend")}))
        where {Fact("reservation-released", "release")}
        """)).ShouldContain(2);

    [Fact]
    public async Task sees_a_stored_state_that_differs_from_the_facts() =>
        (await Ledger("update member_account_snapshots set data = jsonb_set(data, array['Debt'], '7')")).ShouldBe([3]);

    [Fact]
    public async Task sees_a_hole_in_a_stream() => (await Ledger(
        $"""
        update mt_events set version = version + 1 where stream_id = '{databases.Day.Cleo.Id}' and type = 'card-linked';
        update mt_streams set version = version + 1 where id = '{databases.Day.Cleo.Id}'
        """)).ShouldBe([4]);

    [Fact]
    public async Task sees_a_stream_that_ends_before_its_version() =>
        (await Ledger($"update mt_streams set version = version + 1 where id = '{databases.Day.Cleo.Id}'")).ShouldBe([4]);

    [Fact]
    public async Task sees_a_transaction_without_a_record() =>
        (await Ledger("delete from transactions where transaction_id = 'bens-coffee'")).ShouldBe([5]);

    [Fact]
    public async Task sees_a_record_that_points_to_another_fact() =>
        (await Ledger("update transactions set version = 1 where transaction_id = 'bens-coffee'")).ShouldBe([5]);

    [Fact]
    public async Task sees_a_transaction_that_took_effect_although_it_was_voided() =>
        (await Ledger("update transactions set kind = 'voided', account_id = null, version = null where transaction_id = 'bens-coffee'")).ShouldBe([7]);

    [Fact]
    public async Task sees_that_more_came_back_than_was_bought() =>
        (await Ledger($"update mt_events set data = jsonb_set(data, array['Amount','Minor'], '7001') where {Fact("purchase-reversed", "unbuy")}")).ShouldBe([8, 24, 26]);

    [Fact]
    public async Task sees_that_more_of_a_line_came_back_than_was_bought() =>
        (await Ledger($"update mt_events set data = jsonb_set(data, array['Lines','0','Amount','Minor'], '6001') where {Fact("purchase-reversed", "line-back")}")).ShouldBe([8]);

    [Fact]
    public async Task sees_points_spent_before_they_could_be() =>
        (await Ledger($"update mt_events set data = data || '{{\"ActivatesAt\": \"2999-01-01T00:00:00+00:00\"}}' where {Fact("points-accrued", "bens")}")).ShouldContain(9);

    [Fact]
    public async Task sees_points_spent_at_the_instant_of_their_expiry() => (await Ledger(
        $"""
        update mt_events set data = jsonb_set(data, array['ExpiresAt'], (select data #> array['Transaction','RecordedAt'] from mt_events where {Fact("points-redeemed", "bens-coffee")}))
        where {Fact("points-accrued", "bens")}
        """)).ShouldBe([10]);

    [Fact]
    public async Task sees_points_drawn_that_expire_later_than_others() =>
        (await Ledger($"update mt_events set data = jsonb_set(data, array['ExpiresAt'], '\"2999-01-01T00:00:00+00:00\"') where {Fact("points-accrued", "known-terms")}")).ShouldContain(10);

    [Fact]
    public async Task sees_points_spent_with_a_blocked_card() => (await Ledger(
        $"""
        update mt_events set version = version + 100 where stream_id = '{databases.Day.Ben.Id}' and type not in ('account-opened', 'card-linked');
        update mt_events set version = 3 where stream_id = '{databases.Day.Ben.Id}' and type = 'card-blocked';
        """)).ShouldContain(11);

    [Fact]
    public async Task sees_an_event_that_never_reached_a_consumer() =>
        (await Partners("delete from inbox where ctid = (select min(ctid) from inbox where consumer = 'coalition-partners.settlement')")).ShouldBe([12]);

    [Fact]
    public async Task sees_an_effect_of_an_event_that_never_was() =>
        (await Ledger("insert into inbox (consumer, event_id) values ('points-ledger.partners', gen_random_uuid())")).ShouldBe([12]);

    [Fact]
    public async Task sees_an_event_that_took_effect_twice() => (await Partners(
        """
        alter table inbox drop constraint inbox_pkey;
        insert into inbox select * from inbox limit 1
        """)).ShouldBe([12]);

    [Fact]
    public async Task sees_a_settlement_that_differs_from_the_ledger() =>
        (await Partners("update settlement.lines set points = points + 1 where ctid = (select min(ctid) from settlement.lines)")).ShouldBe([13]);

    [Fact]
    public async Task sees_a_posting_that_was_settled_at_other_points() => (await Partners(
        """
        update mt_events set data = jsonb_set(data, array['Prices', '0', 'Postings', '0', 'Points'], '4711')
        where seq_id = (select min(seq_id) from mt_events where type = 'postings-settled')
        """)).ShouldBe([13, 19]);

    [Fact]
    public async Task sees_a_posting_that_was_never_settled() =>
        (await Partners("update mt_events set data = data || '{\"Prices\": []}' where seq_id = (select min(seq_id) from mt_events where type = 'postings-settled')")).ShouldBe([13, 19]);

    [Fact]
    public async Task sees_prices_that_were_not_agreed() =>
        (await Partners("update mt_events set data = data || '{\"IssuePrice\": 0.5}' where type = 'agreement-made' and data #> array['Commercial', 'Funding', 'Block'] is null")).ShouldBe([13, 25]);

    [Fact]
    public async Task sees_a_transaction_that_came_to_nothing() =>
        (await Ledger("update transactions set account_id = null, version = null where transaction_id = 'bens-coffee'")).ShouldBe([15]);

    [Fact]
    public async Task sees_an_event_that_nobody_caused() =>
        (await Ledger($"delete from event_origins where seq_id = (select seq_id from mt_events where {Fact("points-accrued", "bens")})")).ShouldBe([16]);

    [Fact]
    public async Task sees_an_event_of_a_type_it_does_not_know() =>
        (await Ledger($"update mt_events set type = 'points-conjured' where stream_id = '{databases.Day.Cleo.Id}' and type = 'card-linked'")).ShouldBe([17]);

    [Fact]
    public async Task sees_an_event_of_another_service_of_a_type_it_does_not_know() =>
        (await databases.BrokenBy(Coalition.Customers, "update mt_events set type = 'customer-conjured' where type = 'customer-enrolled'")).ShouldBe([17]);

    [Theory]
    [InlineData("update mt_events set data = data || '{\"Extra\": 1}' where seq_id = {10}", "Event {10} is not the one that was hashed")]
    [InlineData("update mt_events set timestamp = timestamp + interval '1 microsecond' where seq_id = {10}", "Event {10} is not the one that was hashed")]
    [InlineData("update event_origins set caused_by = 'operator:eve' where seq_id = {10}", "Event {10} is not the one that was hashed")]
    [InlineData("delete from mt_events where seq_id = {10}", "One that stood after event {9} and before event {11} is missing")]
    [InlineData("delete from mt_events where seq_id = (select max(seq_id) from mt_events)", " is missing")]
    [InlineData("update mt_events a set data = b.data from mt_events b where (a.seq_id, b.seq_id) in (({10}, {11}), ({11}, {10}))", "Event {10} is not the one that was hashed")]
    [InlineData("insert into mt_events (seq_id, id, stream_id, version, data, type) select 0, gen_random_uuid(), stream_id, version + 1000, data, type from mt_events where seq_id = {10}", "Event 0 was put in")]
    public async Task names_the_first_event_that_is_not_what_was_signed(string sql, string finding)
    {
        // The log has a hole wherever two processes met, so numbers are those at these places.
        foreach (var place in new[] { 9, 10, 11 })
        {
            var number = (await databases.Number(Coalition.Ledger, $"select seq_id from mt_events order by seq_id offset {place - 1} limit 1")).ToString(CultureInfo.InvariantCulture);
            (sql, finding) = (sql.Replace($"{{{place}}}", number, StringComparison.Ordinal), finding.Replace($"{{{place}}}", number, StringComparison.Ordinal));
        }

        (await databases.AuditAfter(Coalition.Ledger, sql)).ShouldContain(finding);
    }

    [Theory]
    [InlineData("update checkpoints set root = sha256('other')", "is not signed by its key")]
    [InlineData("update checkpoints set note = replace(note, 'time 2', 'time 3')", "is not signed by its key")]
    public async Task sees_a_checkpoint_that_was_not_signed(string sql, string finding) =>
        (await databases.AuditAfter(Coalition.Partners, sql)).ShouldContain(finding);

    [Fact]
    public void knows_every_type_of_event_that_the_services_store()
    {
        var audit = string.Concat(new[] { "FactForms", "StoredTypes" }.Select(file => File.ReadAllText(Path.Combine(Repository.Root, "deploy", "cli", "Audit", file + ".cs"))));
        foreach (var service in new[] { Coalition.Ledger, Coalition.Partners, Coalition.Customers, Coalition.Cards })
        {
            var stored = File.ReadAllText(Path.Combine(Repository.Root, "services", service, "Storage", "StoredEvents.cs"));
            foreach (Match name in Regex.Matches(stored, @"Map<[\w.]+>\((""[^""]+"")\)"))
                audit.ShouldContain(name.Groups[1].Value, customMessage: service);
        }
    }

    [Fact]
    public void shares_no_code_with_what_it_audits()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "cli", "Audit"), "*.cs", SearchOption.AllDirectories))
            Regex.Matches(File.ReadAllText(file), @"\bLoyalty\.[\w.]+").Select(m => m.Value).ShouldAllBe(name => name.StartsWith("Loyalty.Cli.Audit", StringComparison.Ordinal), file);
    }

    [Fact]
    public async Task sees_an_event_it_cannot_read() =>
        (await Ledger($"update mt_events set data = data - 'Number' where stream_id = '{databases.Day.Cleo.Id}' and type = 'card-linked'")).ShouldBe([17]);

    private Task<IReadOnlyList<int>> Ledger(string sql) => databases.BrokenBy(Coalition.Ledger, sql);

    private Task<IReadOnlyList<int>> Partners(string sql) => databases.BrokenBy(Coalition.Partners, sql);

    private static string Fact(string type, string transaction) => $"type = '{type}' and data #>> array['Transaction','Id'] = '{transaction}'";
}
