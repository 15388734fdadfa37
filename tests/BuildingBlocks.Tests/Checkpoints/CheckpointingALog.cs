using Loyalty.Checkpoints;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Checkpoints;

public sealed class CheckpointingALog(PostgresServer server)
{
    [Fact]
    public async Task comes_to_the_same_root_whether_the_tree_grew_in_pages_or_at_once()
    {
        await using var log = await CheckpointedLog.On(server);
        foreach (var more in new[] { 1, 254, 1, 1, 767, 5000 })
        {
            await log.Append(more);
            await log.LeaveAGap();
            await log.Make();
        }

        var leaves = await log.Store.Ask<byte[][]>(
            $"select array_agg(convert_to({LeafText.Sql}, 'UTF8') order by e.seq_id) from mt_events e left join event_origins o on o.seq_id = e.seq_id");
        var atOnce = new TreeInMemory(leaves);
        foreach (var checkpoint in await log.Rows.Before(long.MaxValue, 100, default))
        {
            checkpoint.Root.ShouldBe(Convert.ToBase64String(atOnce.Root(checkpoint.Size)));
            (await log.Proofs.Root(checkpoint.Size, default)).ShouldBe(atOnce.Root(checkpoint.Size));
        }

        (await log.Store.Ask<long>("select count(*) from merkle_nodes where level = 8")).ShouldBe(6024 / 256);
    }

    [Fact]
    public async Task proves_every_event_and_that_each_checkpoint_continues_the_one_before()
    {
        await using var log = await CheckpointedLog.On(server);
        await log.Append(300);
        await log.LeaveAGap();
        var first = await log.Make();
        await log.Append(700);
        var second = await log.Make();
        await log.Save(first);
        await log.Save(second);
        await log.SaveConsistency(first, second);
        foreach (var sequence in new[] { 1, 256, 257, 300, 302, 1001 }) await log.SaveInclusion(second, sequence);
        await log.SaveInclusion(first, 257);

        var verified = log.Verify();

        verified.Findings.Where(f => !f.Holds).ShouldBeEmpty();
        verified.Findings.Count.ShouldBe(10);
        second.LastSequence.ShouldBe(1001);
    }

    [Fact]
    public async Task makes_no_second_checkpoint_of_the_same_events()
    {
        await using var log = await CheckpointedLog.On(server);
        (await log.Maker.Make("demand", default)).ShouldBeNull();
        await log.Append(3);
        var made = await log.Make();

        (await log.Maker.Make("demand", default)).ShouldBe((made, false));
    }

    [Fact]
    public async Task waits_for_a_transaction_that_may_still_fill_a_hole()
    {
        await using var log = await CheckpointedLog.On(server);
        await log.Append(3);
        await using var slow = new NpgsqlConnection(log.Store.Database.Administrator);
        await slow.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await slow.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var number = new NpgsqlCommand("select nextval('mt_events_sequence')", slow, transaction);
        await number.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        await log.Append(2);

        await Should.ThrowAsync<TimeoutException>(log.Make());
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await log.Make()).Size.ShouldBe(5);
    }

    [Fact]
    public async Task keeps_old_public_keys_and_forgets_old_private_ones()
    {
        await using var log = await CheckpointedLog.On(server, null, ("Checkpoints:KeySignsFor", "00:00:00"));
        await log.Append(1);
        var first = await log.Make();
        await log.Append(1);
        var second = await log.Make();
        await log.Save(first);
        await log.Save(second);

        first.KeyId.ShouldNotBe(second.KeyId);
        log.Verify().Findings.Count(f => f.Holds).ShouldBe(2);
        (await log.Store.Ask<string>("select string_agg(key_id, ' ') from checkpoint_signing_keys")).ShouldBe(second.KeyId);
    }

    [Theory, InlineData("checkpoints"), InlineData("merkle_nodes"), InlineData("checkpoint_keys"), InlineData("log_identity")]
    public async Task lets_the_service_itself_change_nothing_that_it_has_signed(string table)
    {
        await using var log = await CheckpointedLog.On(server);
        await log.Append(300);
        await log.Make();
        await using var service = NpgsqlDataSource.Create(log.Store.Database.Service);
        await using var command = service.CreateCommand($"delete from {table}");

        (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task happens_by_itself_at_first_at_the_end_of_the_day_and_when_an_event_asks_for_it()
    {
        var clock = new SetClock(new(2026, 3, 1, 23, 59, 0, TimeSpan.Zero));
        await using var log = await CheckpointedLog.On(server, clock);
        await log.Append(1);
        await log.Store.StartDaemon();
        await Reasons(log, "day");

        await log.Append(1, "points-taken");
        await Reasons(log, "day", "event");

        await log.Append(1);
        clock.Now = new(2026, 3, 2, 0, 0, 1, TimeSpan.Zero);
        await Reasons(log, "day", "event", "day");
    }

    [Theory]
    [InlineData("update mt_events set data = jsonb_set(data, '{Points}', '7') where seq_id = 100")]
    [InlineData("update event_origins set caused_by = 'operator:eve' where seq_id = 100")]
    [InlineData("update mt_events set timestamp = timestamp - interval '1 microsecond' where seq_id = 100")]
    [InlineData("update mt_events a set data = b.data from mt_events b where (a.seq_id, b.seq_id) in ((100, 200), (200, 100))")]
    [InlineData("delete from mt_events where seq_id = 50")]
    [InlineData("insert into mt_events (seq_id, id, version, data, type) values (1, gen_random_uuid(), 1, '{}', 'points-put')")]
    public async Task lets_the_verifier_name_an_event_that_was_tampered_with(string sql)
    {
        await using var log = await CheckpointedLog.On(server);
        await log.LeaveAGap();
        await log.Append(255);
        var kept = await log.Make();
        await log.Save(kept);
        await log.SaveInclusion(kept, 100);
        log.Verify().Failed.ShouldBe(0);

        await log.Store.Do(sql);
        try
        {
            await log.SaveInclusion(kept, 100);
            var verified = log.Verify();
            verified.Failed.ShouldBe(1);
            verified.Findings.Single(f => !f.Holds).Sentence.ShouldContain("event 100");
        }
        catch (ProblemException e)
        {
            // With fewer events than were signed, the service itself can't prove any.
            e.Problem.Code.ShouldBe("log-differs");
        }
    }

    [Fact]
    public async Task lets_the_verifier_see_a_past_that_was_written_anew()
    {
        await using var log = await CheckpointedLog.On(server);
        await log.Append(400);
        var kept = await log.Make();
        await log.Save(kept);
        // Whoever owns the database and the keys can sign another past, but not for those who kept a checkpoint.
        await log.Store.Do("update mt_events set data = '{}' where seq_id = 17; truncate checkpoints, merkle_nodes");
        await log.Append(100);
        var anew = await log.Make();
        await log.Save(anew);
        await log.SaveConsistency(kept, anew);

        log.Verify().Findings.Single(f => !f.Holds).Sentence.ShouldContain("does not begin with");
    }

    [Fact]
    public async Task is_signed_and_the_verifier_sees_every_change_of_what_is_signed()
    {
        await using var log = await CheckpointedLog.On(server);
        await log.Append(5);
        var made = await log.Make();
        foreach (var forged in new[]
        {
            made with { Note = made.Note.Replace("\n5\n", "\n6\n", StringComparison.Ordinal), Size = 6 },
            made with { Note = made.Note.Replace("sequence 5", "sequence 9", StringComparison.Ordinal) },
            made with { Root = Convert.ToBase64String(new byte[32]) },
            made with { Note = made.Note + "\n" },
        })
        {
            await log.Save(made);
            log.Save($"checkpoint-{made.Size}", forged);
            log.Verify().Failed.ShouldBe(1, forged.Note);
        }
    }

    private static Task Reasons(CheckpointedLog log, params string[] reasons) =>
        Eventually.Holds(async () => (await log.Rows.Before(long.MaxValue, 10, default)).Select(c => c.Reason).Reverse().SequenceEqual(reasons));

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
