using Loyalty.EventStore;
using Loyalty.PointsLedger.Lanes;
using Loyalty.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace Loyalty.PointsLedger.Tests.Lanes;

public sealed class BeingAlone(PostgresServer postgres)
{
    [Fact]
    public async Task is_known_until_another_replica_starts_and_again_after_it_has_stopped()
    {
        var place = await postgres.CreateDatabase("alone");
        await using var connections = EventStoreSetup.Connect(place.Service);
        using var first = new SoleReplica(connections, NullLogger<SoleReplica>.Instance);
        using var second = new SoleReplica(connections, NullLogger<SoleReplica>.Instance);
        await first.StartAsync(CancellationToken.None);
        await Eventually.Holds(() => first.IsSole);

        // Whoever starts may post from then on, so the others must have heard of it before.
        await second.StartAsync(CancellationToken.None);
        (first.IsSole, second.IsSole).ShouldBe((false, false));

        await second.StopAsync(CancellationToken.None);
        await Eventually.Holds(() => first.IsSole);
        second.IsSole.ShouldBeFalse();
        await first.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task is_not_believed_when_the_database_can_no_longer_be_asked()
    {
        var place = await postgres.CreateDatabase("alone");
        await using var connections = EventStoreSetup.Connect(place.Service);
        await using var administrator = NpgsqlDataSource.Create(place.Administrator);
        using var replica = new SoleReplica(connections, NullLogger<SoleReplica>.Instance);
        await replica.StartAsync(CancellationToken.None);
        await Eventually.Holds(() => replica.IsSole);

        await Execute(administrator, $"revoke connect on database {place.Name} from public, {place.Name}; alter role {place.Name} nologin;");
        await Execute(administrator, $"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{place.Name}'");
        await Eventually.Holds(() => !replica.IsSole);

        await Execute(administrator, $"grant connect on database {place.Name} to {place.Name}; alter role {place.Name} login;");
        await Eventually.Holds(() => replica.IsSole);
        await replica.StopAsync(CancellationToken.None);
    }

    private static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

[Collection(nameof(RunningLedger))]
public sealed class ReadingFromReplicas(RunningLedger ledger)
{
    [Fact]
    public async Task shows_what_another_replica_has_just_posted()
    {
        var member = await ledger.EnrolWith(1);
        await using var second = await ledger.StartReplica();
        Till[] tills = [ledger.Till(ledger.Grocery), ledger.Till(ledger.Grocery, second)];
        for (var i = 0; i < 50; i++)
        {
            var posted = (await tills[i % 2].Buy(member, 1)).ShouldBe(201).Number("balance");
            posted.ShouldBe(i + 2);
            (await tills[(i + 1) % 2].Balance(member)).ShouldBe(posted);
        }
    }
}
